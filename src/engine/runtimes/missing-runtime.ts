/**
 * Packages for newer native releases may declare a managed Node or Python runtime (spec engine.md §9.7). Without a
 * bridge `vulcan.runtime.node` stays nil (vulcan-api.md §0.2): what such an entry fails with says why.
 * @module
 */
import { LuaSkillsError } from "../../errors.ts";
import type { LoadedSkill } from "../../skills/types.ts";
import { readTextIfPresent } from "../../skills/vfs-text.ts";
import type { Vfs } from "../../vfs/interface.ts";

/** The error as it is, or with the missing runtime named: `data.managedRuntime` is `node` or `python`. */
export function explainManagedRuntime(vfs: Vfs, skill: LoadedSkill, error: LuaSkillsError): LuaSkillsError {
  const wanted = /attempt to index .*field '(node|python)'/.exec(error.message)?.[1];
  if (wanted === undefined || !declares(vfs, skill, `${wanted}_runtime`)) return error;
  const message = `${error.message}; dependencies.yaml of '${skill.skillId}' declares a managed ${wanted} runtime, which needs a native bridge (docs/bridge.md): entries that do not use it work`;
  return new LuaSkillsError(error.code, message, {
    data: { ...error.data, managedRuntime: wanted },
    cause: error,
    ...(error.luaTraceback === undefined ? {} : { luaTraceback: error.luaTraceback }),
  });
}

function declares(vfs: Vfs, skill: LoadedSkill, key: string): boolean {
  const text = readTextIfPresent(vfs, `${skill.dir}/dependencies.yaml`);
  return text !== undefined && new RegExp(`^${key}\\s*:`, "m").test(text);
}
