/**
 * What only a failure needs: loaded with the first one (scripts/build/lazy-files).
 * @module
 */
import { LuaSkillsError } from "../../errors.ts";
import type { LoadedSkill } from "../../skills/types.ts";
import type { EngineCore } from "../core.ts";
import { explainManagedRuntime } from "../runtimes/missing-runtime.ts";
import { explainFailure, type FailedRun } from "./explain.ts";
import { databaseFull } from "./refused-failure.ts";

export { timeAdvice } from "./explain.ts";
export { entryNotFound } from "./near-names.ts";
export { programTraceback } from "./place.ts";
export { refusedFailure, tooManyCalls } from "./refused-failure.ts";

/** A failed call or run as the host is told of it. */
export function explain(core: EngineCore, thrown: unknown, run: FailedRun, skill?: LoadedSkill): LuaSkillsError {
  const failed = databaseFull(LuaSkillsError.from(thrown), core, skill?.skillId ?? null);
  const error = explainFailure(core, failed, run, skill);
  return skill ? explainManagedRuntime(core.services.vfs, skill, error) : error;
}
