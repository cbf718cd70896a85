/**
 * What only a failure needs: loaded with the first one (scripts/build/lazy-files).
 * @module
 */
import { LuaSkillsError } from "../../errors.ts";
import { LuaRunError } from "../../lua/interface.ts";
import type { LoadedSkill } from "../../skills/types.ts";
import type { EngineCore } from "../core.ts";
import type { EnginePlatform } from "../interface.ts";
import { explainManagedRuntime } from "../runtimes/missing-runtime.ts";
import type { SkillVms } from "../vms/skill-vms.ts";
import { explainFailure, type FailedRun } from "./explain.ts";
import { databaseFull } from "./refused-failure.ts";

export { timeAdvice } from "./explain.ts";
export { entryNotFound } from "./near-names.ts";
export { programTraceback } from "./place.ts";
export { refusedFailure, tooManyCalls } from "./refused-failure.ts";

/**
 * A failed call or run as the host is told of it. One that cost a VM is told once the next ones can begin as images: who calls
 * again at once shall not wait for one made from nothing.
 */
export async function explain(
  core: EngineCore,
  thrown: unknown,
  run: FailedRun,
  skill?: LoadedSkill,
): Promise<LuaSkillsError> {
  const given = LuaSkillsError.from(thrown);
  if (given.cause instanceof LuaRunError && given.cause.kind === "stopped") await core.platform.lua.expectMore();
  const failed = databaseFull(given, core, skill?.skillId ?? null);
  const error = explainFailure(core, failed, run, skill);
  return skill ? explainManagedRuntime(core.services.vfs, skill, error) : error;
}

/** A run has cost a VM. Making one holds the thread: the caller, who waits for the same file, hears of the stop first. */
export async function replaceVm({ lua }: Pick<EnginePlatform, "lua">, pool: SkillVms): Promise<void> {
  await lua.expectMore();
  pool.refillSpare();
}
