/**
 * `vulcan.fs.copy` (vulcan-api.md §7.1): trees are replaced, never merged, and everything that can be refused is
 * refused before anything is removed.
 * @module
 */
import type { Vfs } from "../../vfs/interface.ts";
import { fail } from "../arguments.ts";
import { normalizePath } from "../path/path.ts";
import { missing } from "./vfs-path.ts";

const label = "fs.copy";

type Entry = { readonly path: string; readonly content: Uint8Array | undefined };

/** False when something is at the destination and may not be replaced. Paths are absolute. @throws VfsError, LuaRaise */
export function copyEntry(vfs: Vfs, source: string, target: string, overwrite: boolean): boolean {
  const from = normalizePath(source);
  const to = normalizePath(target);
  const stat = vfs.stat(from, { followLinks: true });
  if (stat === undefined) throw missing(vfs, from, label);
  const existing = vfs.stat(to);
  if (existing !== undefined && !overwrite) return false;
  if (stat.kind === "dir") {
    if (from === to) fail(label, `source and destination must differ: ${to}`);
    if (from === "/" || to.startsWith(`${from}/`)) {
      fail(label, `destination directory must not be inside source directory: ${to}`);
    }
  }
  if (to === "/") fail(label, `destination path must not be one filesystem root: ${to}`);
  const entries = stat.kind === "dir" ? readTree(vfs, from) : [{ path: "", content: vfs.readFile(from) }];
  if (existing !== undefined) vfs.remove(to, { recursive: existing.kind === "dir" });
  for (const { path, content } of entries) {
    if (content === undefined) vfs.mkdir(to + path);
    else vfs.writeFile(to + path, content);
  }
  return true;
}

/** Everything beneath a directory, itself first, each directory before what is in it. */
function readTree(vfs: Vfs, root: string): Entry[] {
  const entries: Entry[] = [{ path: "", content: undefined }];
  for (let i = 0; i < entries.length; i++) {
    const directory = entries[i];
    if (directory === undefined || directory.content !== undefined) continue;
    for (const name of vfs.list(root + directory.path)) {
      const path = `${directory.path}/${name}`;
      const kind = vfs.stat(root + path)?.kind;
      if (kind === "symlink") {
        fail(label, `symbolic-link entries are not supported inside directory trees: ${root}${path}`);
      }
      if (kind === "other") fail(label, `unsupported entry type inside directory tree: ${root}${path}`);
      entries.push({ path, content: kind === "dir" ? undefined : vfs.readFile(root + path) });
    }
  }
  return entries;
}
