/**
 * Absolute POSIX paths as text. Purely lexical: `..` is folded without looking at the tree.
 * @module
 */

/** The folded segments of an absolute path. `..` above the root stays at the root, as in POSIX. */
export function segments(path: string): string[] {
  if (!needsFolding(path)) return path === "/" ? [] : path.slice(1).split("/");
  const out: string[] = [];
  for (const part of path.split("/")) {
    if (part === "" || part === ".") continue;
    if (part === "..") out.pop();
    else out.push(part);
  }
  return out;
}

/** `/a//b/../c/` → `/a/c`. A relative path is read as if it began at `/`; use {@link join} to resolve against a directory. */
export function normalise(path: string): string {
  // Almost every path the engine uses is already in order; splitting those again was a third of a stat's cost.
  if (!needsFolding(path)) return path;
  return `/${segments(path).join("/")}`;
}

/** Resolves `parts` one after another against `base`, as `cd` would: an absolute part starts again. */
export function join(base: string, ...parts: string[]): string {
  let path = base;
  for (const part of parts) path = part.startsWith("/") ? part : `${path}/${part}`;
  return normalise(path);
}

/** The directory a path lies in; the root's is the root. */
export function dirname(path: string): string {
  const folded = normalise(path);
  const cut = folded.lastIndexOf("/");
  return cut <= 0 ? "/" : folded.slice(0, cut);
}

/** The last segment; empty for the root. */
export function basename(path: string): string {
  const folded = normalise(path);
  return folded.slice(folded.lastIndexOf("/") + 1);
}

/** Whether `path` is `directory` itself or lies beneath it. */
export function isInside(path: string, directory: string): boolean {
  const inner = normalise(path);
  const outer = normalise(directory);
  return outer === "/" || inner === outer || inner.startsWith(`${outer}/`);
}

/** The part of `path` beneath `directory`, without a leading slash; empty for the directory itself, undefined when outside. */
export function relative(path: string, directory: string): string | undefined {
  if (!isInside(path, directory)) return undefined;
  const inner = normalise(path);
  const outer = normalise(directory);
  return outer === "/" ? inner.slice(1) : inner.slice(outer.length + 1);
}

function needsFolding(path: string): boolean {
  if (path === "/") return false;
  if (!path.startsWith("/") || path.endsWith("/") || path.includes("//")) return true;
  return path.includes("/.") && /\/\.\.?(?:\/|$)/.test(path);
}
