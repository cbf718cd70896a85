/**
 * `{version}` and `{tag}` in asset names, archive paths and target paths (spec engine.md §9.3).
 * @module
 */
import { LuaSkillsError } from "../../errors.ts";
import type { DependencyExport } from "./manifest.ts";

export interface TemplateValues {
  readonly version: string;
  readonly tag: string;
}

export function expandTemplate(text: string, values: TemplateValues): string {
  return text.replaceAll("{version}", values.version).replaceAll("{tag}", values.tag);
}

/** @throws LuaSkillsError `invalid_manifest` for a target that would leave the install root (decision of §9.4). */
export function expandExports(
  dependencyName: string,
  exports: readonly DependencyExport[],
  values: TemplateValues,
): DependencyExport[] {
  return exports.map((item) => {
    const targetPath = expandTemplate(item.targetPath, values).replaceAll("\\", "/");
    const parts = targetPath.split("/");
    if (targetPath.trim() === "" || targetPath.startsWith("/") || /^[A-Za-z]:/.test(targetPath) || parts.includes(".."))
      throw new LuaSkillsError(
        "invalid_manifest",
        `dependency '${dependencyName}' export target_path '${item.targetPath}' must be a relative path without parent-directory traversal`,
        { data: { targetPath: item.targetPath } },
      );
    return { ...item, archivePath: expandTemplate(item.archivePath, values).replaceAll("\\", "/"), targetPath };
  });
}

/** `v1.2.0` → `1.2.0`: all leading `v`s go. */
export function withoutV(version: string): string {
  return version.replace(/^v+/, "");
}
