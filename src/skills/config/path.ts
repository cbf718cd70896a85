/**
 * Where the unified skill configuration lives (spec engine.md §6.2).
 * @module
 */

import { joinPath } from "../../base/path-text.ts";
import { normalise } from "../../base/paths.ts";
import type { SkillRoot } from "../../contract/contract.ts";
import { LuaSkillsError } from "../../errors.ts";
import { runtimeRootOf } from "../registry/roots.ts";

/**
 * `<common runtime root>/config/skill_config.json`.
 * @throws LuaSkillsError when the chain is empty or its roots have different runtime roots.
 */
export function defaultConfigPath(roots: readonly SkillRoot[]): string {
  // Folded before the parent is taken, so `/r/nested/../skills` and `/r/skills` have one runtime root.
  const parents = new Set(roots.map((root) => runtimeRootOf({ ...root, skills_dir: normalise(root.skills_dir) })));
  const [runtimeRoot, ...others] = parents;
  if (runtimeRoot === undefined)
    throw new LuaSkillsError(
      "invalid_argument",
      "at least one skill root is required to resolve the unified skill config path",
    );
  if (others.length > 0)
    throw new LuaSkillsError(
      "invalid_argument",
      "multiple runtime roots map to different parents; set host_options.skill_config_file_path explicitly",
      { data: { runtimeRoots: [...parents] } },
    );
  return joinPath(runtimeRoot, "config/skill_config.json");
}
