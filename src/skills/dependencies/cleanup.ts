/**
 * Dependency trees that go with an uninstalled or updated skill (spec engine.md §9.5).
 * @module
 */

import { joinPath, parentPath } from "../../base/path-text.ts";
import type { SkillRoot } from "../../contract/contract.ts";
import type { Vfs } from "../../vfs/interface.ts";
import type { HostOptions } from "../options/host-options.ts";
import { isDirectory, removeNamed } from "../vfs-text.ts";
import { dependencyKinds, dependencyRoot, installRoot, skillScopeRoot } from "./layout.ts";
import type { Dependency } from "./manifest.ts";
import { choosePackage } from "./platform.ts";

/** `{tools|lua|ffi}/<skill id>` of the owning root; host scope is never touched. */
export function privateDependencyDirs(root: SkillRoot, options: HostOptions, skillId: string): string[] {
  return dependencyKinds.map((kind) => joinPath(skillScopeRoot(root, options, kind), skillId));
}

/** Deletes the install roots the old manifest has and the new one has not. */
export function removeStaleDependencies(
  vfs: Vfs,
  root: SkillRoot,
  options: HostOptions,
  skillId: string,
  before: readonly Dependency[],
  after: readonly Dependency[],
): void {
  const roots = (dependencies: readonly Dependency[]) =>
    new Set(
      dependencies
        .filter((dependency) => dependency.scope === "skill")
        .flatMap((dependency) => {
          const chosen = choosePackage(dependency.kind, dependency.packages);
          if (chosen === undefined) return [];
          return [
            installRoot(dependencyRoot(root, options, skillId, dependency), dependency.version, chosen.directory),
          ];
        }),
    );
  const kept = roots(after);
  for (const path of roots(before)) {
    if (kept.has(path)) continue;
    removeNamed(vfs, path, "Failed to remove stale dependency root");
    pruneEmpty(vfs, parentPath(path), 2);
  }
}

/** The version and name folders above an install root, when nothing else is in them. */
function pruneEmpty(vfs: Vfs, dir: string | undefined, levels: number): void {
  if (dir === undefined || levels === 0 || !isDirectory(vfs, dir) || vfs.list(dir).length > 0) return;
  vfs.remove(dir);
  pruneEmpty(vfs, parentPath(dir), levels - 1);
}
