/**
 * The rule for paths inside a skill package (spec engine.md §2.6).
 * @module
 */
import { withoutTrailingSlashes } from "../../base/path-text.ts";

/** What is wrong with a relative path that must lie under `prefix`, or undefined. `label` is e.g. `entry.lua_entry`. */
export function packagePathComplaint(path: string, label: string, prefix: string): string | undefined {
  const trimmed = path.trim();
  if (trimmed === "") return `${label} must not be empty`;
  if (trimmed.startsWith("/")) return `${label} must be a relative path under ${prefix}`;
  const portable = trimmed.replaceAll("\\", "/");
  if (!portable.startsWith(`${prefix}/`)) return `${label} must start with ${prefix}/`;
  if (portable.split("/").includes("..")) return `${label} must not contain parent`;
  return undefined;
}

/**
 * The file a package path names. The untrimmed text is joined, so surrounding blanks make the file "not found"; backslashes
 * count as separators (decision of §2.6).
 */
export function packageFile(skillDir: string, path: string): string {
  return `${withoutTrailingSlashes(skillDir)}/${path.replaceAll("\\", "/")}`;
}
