/**
 * Is a dependency already there? (spec engine.md §9.3 step 1)
 * @module
 */
import type { Vfs } from "../../vfs/interface.ts";
import { isDirectory, isFile } from "../vfs-text.ts";
import { installRoot } from "./layout.ts";
import type { Dependency, DependencyExport } from "./manifest.ts";
import type { ChosenPackage } from "./platform.ts";
import { expandExports, type TemplateValues, withoutV } from "./template.ts";

/** True when all exports exist for the declared version or, without one, for any version found. */
export function isInstalled(vfs: Vfs, dependencyDir: string, dependency: Dependency, chosen: ChosenPackage): boolean {
  const versions =
    dependency.version === undefined
      ? ["unversioned", ...(isDirectory(vfs, dependencyDir) ? vfs.list(dependencyDir) : [])]
      : unique([dependency.version, withoutV(dependency.version)]);
  return versions.some((version) =>
    unique([version, withoutV(version), `v${withoutV(version)}`]).some((tag) =>
      exportsExist(vfs, dependencyDir, dependency.name, chosen, { version, tag }),
    ),
  );
}

/** True when all exports exist under the install root of exactly this version. */
export function exportsExist(
  vfs: Vfs,
  dependencyDir: string,
  name: string,
  chosen: ChosenPackage,
  values: TemplateValues,
): boolean {
  const root = installRoot(dependencyDir, values.version, chosen.directory);
  const present = (item: DependencyExport) => isFile(vfs, `${root}/${item.targetPath}`);
  return expandExports(name, chosen.package.exports, values).every(present);
}

function unique(values: string[]): string[] {
  return [...new Set(values)];
}
