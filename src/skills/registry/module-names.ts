/**
 * Entries that declare one `lua_module` for different files: the handler that is loaded last answers for all of them
 * (spec engine.md §7.2).
 * @module
 */
import { packageFile } from "../manifest/package-path.ts";
import type { LoadedSkill } from "../types.ts";

/** One sentence for each module name that is taken twice. `shared`: skills share VMs, so names count across skills. */
export function moduleWarnings(skills: readonly LoadedSkill[], shared: boolean): string[] {
  const files = new Map<string, Map<string, Set<string>>>();
  for (const skill of skills) {
    const scope = shared ? "" : skill.skillId;
    const modules = files.get(scope) ?? new Map<string, Set<string>>();
    files.set(scope, modules);
    for (const { luaModule, luaEntry } of skill.manifest.entries) {
      const known = modules.get(luaModule) ?? new Set<string>();
      modules.set(luaModule, known.add(packageFile(skill.dir, luaEntry)));
    }
  }
  return [...files.values()].flatMap((modules) =>
    [...modules]
      .filter(([, paths]) => paths.size > 1)
      .map(([name, paths]) => {
        const list = [...paths].join(" and ");
        return `lua_module '${name}' is declared for ${list}: one handler answers for all of them; give each file a name of its own`;
      }),
  );
}
