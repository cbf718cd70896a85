/**
 * Parts of `/` paths as they are written, nothing folded; what folds `.` and `..` is paths.ts.
 * @module
 */

/** `base/name`, without doubling the separator. */
export function joinPath(base: string, name: string): string {
  return base.endsWith("/") ? base + name : `${base}/${name}`;
}

/** Linear whatever the text: `/\/+$/` tries anew at every slash, and manifests and locators are strangers'. */
export function withoutTrailingSlashes(path: string): string {
  let end = path.length;
  while (end > 0 && path.charCodeAt(end - 1) === 0x2f) end--;
  return path.slice(0, end);
}

/** The parent directory as written, or undefined when there is none (`/`, a bare name). */
export function parentPath(path: string): string | undefined {
  const trimmed = withoutTrailingSlashes(path);
  const cut = trimmed.lastIndexOf("/");
  if (cut < 0 || trimmed === "") return undefined;
  return cut === 0 ? "/" : withoutTrailingSlashes(trimmed.slice(0, cut)) || "/";
}

/** The last component. */
export function baseName(path: string): string {
  const trimmed = withoutTrailingSlashes(path);
  return trimmed.slice(trimmed.lastIndexOf("/") + 1);
}
