/**
 * What only a failure needs: loaded with the first one (scripts/build/lazy-files).
 * @module
 */
import { LuaSkillsError } from "../../errors.ts";
import type { LoadedSkill } from "../../skills/types.ts";
import type { EngineCore } from "../core.ts";
import { explainFailure, type FailedRun } from "./explain.ts";
import { explainManagedRuntime } from "./managed-runtimes.ts";

export { entryNotFound } from "./near-names.ts";
export { refusedFailure } from "./refused-failure.ts";

/** A failed call or run as the host is told of it. */
export function explain(core: EngineCore, thrown: unknown, run: FailedRun, skill?: LoadedSkill): LuaSkillsError {
  const error = explainFailure(core, LuaSkillsError.from(thrown), run, skill);
  return skill ? explainManagedRuntime(core.services.vfs, skill, error) : error;
}
