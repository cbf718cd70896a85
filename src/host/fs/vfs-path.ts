/**
 * From the paths Lua writes to the paths of the virtual filesystem, and from its errors to the texts Lua sees
 * (vulcan-api.md §1.5, §1.6).
 * @module
 */
import { type Vfs, VfsError } from "../../vfs/interface.ts";
import { fail } from "../arguments.ts";
import type { HostServices } from "../services.ts";

/** What path resolution needs of the services. */
export type PathServices = Pick<HostServices, "workingDirectory" | "os">;

export function isWindows(services: Pick<HostServices, "os">): boolean {
  return services.os.os === "windows";
}

/**
 * The absolute `/` path a Lua path names; relative ones start at the engine's current directory. A Windows-shaped host
 * also understands `\`, drive letters and the verbatim prefix; all drives are the one tree.
 */
export function resolvePath(services: PathServices, path: string): string {
  let text = path;
  if (isWindows(services)) {
    text = text.replace(/^\\\\\?\\(?:UNC\\)?/, "").replaceAll("\\", "/");
    text = text.replace(/^[A-Za-z]:/, "");
  }
  if (text.startsWith("/")) return text;
  const cwd = services.workingDirectory.current;
  return cwd.endsWith("/") ? cwd + text : `${cwd}/${text}`;
}

/** POSIX: a path with a trailing separator can only name a directory; the tree itself folds the separator away. */
export function namesDirectory(path: string): boolean {
  return path.endsWith("/") || path.endsWith("/.");
}

/** @throws VfsError ENOTDIR when a path that names a directory leads to a file */
export function refuseFileAsDirectory(vfs: Vfs, path: string, operation: string): void {
  if (!namesDirectory(path)) return;
  const stat = vfs.stat(path, { followLinks: true });
  if (stat !== undefined && stat.kind !== "dir") throw new VfsError("ENOTDIR", path, operation);
}

/** Why `stat` found nothing: ENOTDIR when something on the way is a file, else ENOENT. */
export function missing(vfs: Vfs, path: string, operation: string): VfsError {
  const parts = path.split("/").filter((part) => part !== "" && part !== ".");
  for (let n = 1; n < parts.length; n++) {
    const stat = vfs.stat(`/${parts.slice(0, n).join("/")}`, { followLinks: true });
    if (stat === undefined) break;
    if (stat.kind !== "dir") return new VfsError("ENOTDIR", path, operation);
  }
  return new VfsError("ENOENT", path, operation);
}

/** Runs a filesystem operation; a `VfsError` becomes the Lua error `<label>: <os>: <path>` (the native text has no path). */
export function withOsText<T>(label: string, operation: () => T): T {
  try {
    return operation();
  } catch (error) {
    if (error instanceof VfsError) fail(label, `${error.osText}: ${error.path}`);
    throw error;
  }
}

const numbers = {
  ENOENT: 2,
  EACCES: 13,
  EEXIST: 17,
  ENOTDIR: 20,
  EISDIR: 21,
  EINVAL: 22,
  EMFILE: 24,
  ENOSPC: 28,
  EROFS: 30,
  ENAMETOOLONG: 36,
  ENOTEMPTY: 39,
  EXDEV: 18,
  EIO: 5,
} as const;

/** What the C library says: text without the number, and the number; for `nil, "<path>: <text>", errno`. */
export function strerror(error: VfsError): readonly [text: string, errno: number] {
  return [error.osText.replace(/ \(os error \d+\)$/, ""), numbers[error.errno]];
}
