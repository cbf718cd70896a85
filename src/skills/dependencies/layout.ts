/**
 * Where dependencies are kept (spec engine.md §9.2).
 * @module
 */

import { joinPath, parentPath } from "../../base/path-text.ts";
import type { SkillRoot } from "../../contract/contract.ts";
import type { HostOptions } from "../options/host-options.ts";
import { dependencyDirOf, runtimeRootOf } from "../registry/roots.ts";
import type { Dependency, DependencyKind } from "./manifest.ts";

const folders: Readonly<Record<DependencyKind, string>> = { tool: "tools", lua: "lua", ffi: "ffi" };

export const dependencyKinds: readonly DependencyKind[] = ["tool", "lua", "ffi"];

/** Anything outside `[A-Za-z0-9._-]` becomes `_`; `.` and `..` would step out of the tree, so they do too. */
export function pathPart(text: string): string {
  if (text === "") return "unnamed";
  const clean = text.replace(/[^A-Za-z0-9._-]/gu, "_");
  return /^\.+$/.test(clean) ? clean.replaceAll(".", "_") : clean;
}

/** `<runtime root>/<dependency dir>/{tools|lua|ffi}` */
export function skillScopeRoot(root: SkillRoot, options: HostOptions, kind: DependencyKind): string {
  return joinPath(dependencyDirOf(root, options), folders[kind]);
}

/** The probe root of host-scope dependencies: first one set wins. */
export function hostScopeRoot(root: SkillRoot, options: HostOptions, kind: DependencyKind): string {
  const below = (name: string) => joinPath(runtimeRootOf(root), name);
  const folderOf = (library: string | undefined) => (library === undefined ? undefined : parentPath(library));
  if (kind === "tool") return options.hostProvidedToolRoot ?? below("bin");
  if (kind === "lua") return options.hostProvidedLuaRoot ?? options.luaPackagesDir ?? below("lua_packages");
  return (
    options.hostProvidedFfiRoot ??
    folderOf(options.lancedbLibraryPath) ??
    folderOf(options.sqliteLibraryPath) ??
    below("libs")
  );
}

export function downloadCacheOf(root: SkillRoot, options: HostOptions): string {
  return options.downloadCacheRoot ?? joinPath(runtimeRootOf(root), "temp/downloads");
}

/** `<kind root>/[<skill id>/]<name>`: below it come `<version>/<platform>`. */
export function dependencyRoot(root: SkillRoot, options: HostOptions, skillId: string, dependency: Dependency): string {
  const base =
    dependency.scope === "host"
      ? hostScopeRoot(root, options, dependency.kind)
      : joinPath(skillScopeRoot(root, options, dependency.kind), skillId);
  return joinPath(base, pathPart(dependency.name));
}

export function installRoot(dependencyDir: string, version: string | undefined, platform: string): string {
  return `${dependencyDir}/${pathPart(version ?? "unversioned")}/${platform}`;
}
