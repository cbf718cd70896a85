/**
 * Did the reload load what was just installed? (decision of spec engine.md §3.5, §8.5)
 * @module
 */
import { LuaSkillsError } from "../../errors.ts";
import type { LoadOutcome } from "../load/interface.ts";
import type { SkillInstance } from "../registry/instances.ts";

/**
 * A skill that is absent because it is disabled, ignored by the host or behind a higher root is fine: nothing failed.
 * @throws LuaSkillsError with the text of the load problem.
 */
export function requireLoaded(outcome: Pick<LoadOutcome, "problems">, installed: SkillInstance): void {
  const problem = outcome.problems.find(
    ({ severity, skillId, skillDir }) =>
      severity === undefined && skillId === installed.skillId && skillDir === installed.dir,
  );
  if (problem !== undefined) throw LuaSkillsError.fromData({ ...problem.error, message: problem.message });
}
