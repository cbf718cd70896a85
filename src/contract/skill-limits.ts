/**
 * The limits that hold for one call, for what one skill holds, or for one Lua state: a file of its own, so that what checks options
 * and what rules over skills fetch nothing else for it.
 * @module
 */
import type { Limits } from "../limits.ts";

/** What `grants["skill-id"].limits` may name. */
export const skillLimitNames = [
  "callTimeoutMs",
  "runMs",
  "runInstructions",
  "outputBytes",
  "vmMemoryBytes",
  "skillCacheBytes",
  "skillFileBytes",
  "skillFiles",
  "skillHandles",
  "skillDatabaseBytes",
  "skillCalls",
  "skillLogBytes",
] as const satisfies readonly (keyof Limits)[];

/** Limits of one skill. Units and meaning are those of {@link Limits}. */
export type SkillLimits = Pick<Limits, (typeof skillLimitNames)[number]>;
