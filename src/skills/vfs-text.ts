/**
 * Text files, existence and replacement on the virtual filesystem, with the operating-system texts native errors end in.
 * @module
 */
import { sameBytes } from "../base/bytes/same-bytes.ts";
import { messageOf } from "../base/message-of.ts";
import { parentPath } from "../base/path-text.ts";
import { type Vfs, VfsError } from "../vfs/interface.ts";

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

/** What stands after the colon of `Failed to read {path}: {e}`. */
export function reasonText(thrown: unknown): string {
  return thrown instanceof VfsError ? thrown.osText : messageOf(thrown);
}

/** @throws VfsError, or an Error when the bytes are not UTF-8. */
export function readText(vfs: Vfs, path: string): string {
  return decodeText(vfs.readFile(path));
}

/** @throws Error when the bytes are not UTF-8. */
export function decodeText(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch {
    const wide = ["fffe", "feff"].includes([...bytes.subarray(0, 2)].map((byte) => byte.toString(16)).join(""));
    throw new Error(`stream did not contain valid UTF-8${wide ? " (it is UTF-16; save it as UTF-8)" : ""}`);
  }
}

export function isFile(vfs: Vfs, path: string): boolean {
  return vfs.stat(path, { followLinks: true })?.kind === "file";
}

export function isDirectory(vfs: Vfs, path: string): boolean {
  return vfs.stat(path, { followLinks: true })?.kind === "dir";
}

/** Undefined when the file does not exist. */
export function readTextIfPresent(vfs: Vfs, path: string): string | undefined {
  return vfs.stat(path, { followLinks: true }) === undefined ? undefined : readText(vfs, path);
}

/** Writes beside the target and renames over it, so a reader sees the old or the new text and never half of one. */
export function replaceText(vfs: Vfs, path: string, text: string, temporary = `${path}.tmp`): void {
  const folder = parentPath(path);
  if (folder !== undefined) vfs.mkdir(folder, { recursive: true });
  vfs.writeFile(temporary, encoder.encode(text));
  vfs.rename(temporary, path);
}

/** Removes a file or a whole directory; nothing there is fine. Says whether something was there. */
export function removeTree(vfs: Vfs, path: string): boolean {
  if (vfs.stat(path) === undefined) return false;
  vfs.remove(path, { recursive: true });
  return true;
}

/** As {@link removeTree}, for what must be a directory. @throws Error `{complaint} {path}: {reason}` */
export function removeNamed(vfs: Vfs, path: string, complaint: string): boolean {
  try {
    const stat = vfs.stat(path, { followLinks: true });
    if (stat !== undefined && stat.kind !== "dir") throw new VfsError("ENOTDIR", path, "remove");
    return removeTree(vfs, path);
  } catch (thrown) {
    throw new Error(`${complaint} ${path}: ${reasonText(thrown)}`, { cause: thrown });
  }
}

/** Whether a file is there with exactly this content. */
export function holds(vfs: Vfs, path: string, content: Uint8Array): boolean {
  const stat = vfs.stat(path);
  if (stat?.kind !== "file" || stat.size !== content.length) return false;
  return sameBytes(vfs.readFile(path), content);
}
