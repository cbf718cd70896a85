/**
 * Lexical path arithmetic on the virtual filesystem's `/` paths. Nothing here looks at files.
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

/** Folds `.`, `..` and repeated separators of a path made absolute against `base`. */
export function absolutePath(path: string, base = "/"): string {
  const parts: string[] = [];
  for (const part of (path.startsWith("/") ? path : `${base}/${path}`).split("/")) {
    if (part === "" || part === ".") continue;
    if (part === "..") parts.pop();
    else parts.push(part);
  }
  return `/${parts.join("/")}`;
}
