/**
 * `vulcan.fs.copy` (vulcan-api.md §7.1): trees are replaced, never merged, and everything that can be refused is
 * refused before anything is removed.
 * @module
 */
import { charge } from "../../base/work.ts";
import type { Vfs } from "../../vfs/interface.ts";
import { fail } from "../arguments.ts";
import { normalizePath } from "../path/path.ts";
import { missing } from "./vfs-path.ts";

/** What one entry of a tree costs to look at, and to remember. */
const entryUnits = 100;
const entryBytes = 200;
const partBytes = 2 ** 18;

const label = "fs.copy";

type Entry = { readonly path: string; readonly isDirectory: boolean };

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
  const entries: readonly Entry[] = stat.kind === "dir" ? readTree(vfs, from) : [{ path: "", isDirectory: false }];
  // What is replaced may hold what is copied.
  const holdsSource = from === to || from.startsWith(`${to}/`);
  const contents = holdsSource ? entries.map((entry) => held(vfs, from, entry)) : [];
  if (existing !== undefined) vfs.remove(to, { recursive: existing.kind === "dir" });
  for (const [i, { path, isDirectory }] of entries.entries()) {
    charge(entryUnits);
    const content = contents[i];
    if (isDirectory) vfs.mkdir(to + path);
    else if (content !== undefined) vfs.writeFile(to + path, content);
    else copyContent(vfs, from + path, to + path);
  }
  return true;
}

function held(vfs: Vfs, from: string, { path, isDirectory }: Entry): Uint8Array | undefined {
  if (isDirectory) return undefined;
  return vfs.readFile(from + path);
}

/** Part by part: a file may be larger than what a run may hold. */
function copyContent(vfs: Vfs, from: string, to: string): void {
  const source = vfs.open(from);
  try {
    const { size } = source;
    if (size <= partBytes) {
      const content = new Uint8Array(size);
      vfs.writeFile(to, content.subarray(0, source.readAt(content, 0)));
      return;
    }
    const target = vfs.open(to, { create: true });
    try {
      const part = new Uint8Array(partBytes);
      for (let at = 0; at < size; ) {
        charge(partBytes / 16);
        const read = source.readAt(part, at);
        if (read === 0) return;
        target.writeAt(part.subarray(0, read), at);
        at += read;
      }
    } finally {
      target.close();
    }
  } finally {
    source.close();
  }
}

/** Everything beneath a directory, itself first, each directory before what is in it. */
function readTree(vfs: Vfs, root: string): Entry[] {
  const entries: Entry[] = [{ path: "", isDirectory: true }];
  for (let i = 0; i < entries.length; i++) {
    const directory = entries[i];
    if (directory === undefined || !directory.isDirectory) continue;
    for (const name of vfs.list(root + directory.path)) {
      charge(entryUnits, entryBytes);
      const path = `${directory.path}/${name}`;
      const kind = vfs.stat(root + path)?.kind;
      if (kind === "symlink") {
        fail(label, `symbolic-link entries are not supported inside directory trees: ${root}${path}`);
      }
      if (kind === "other") fail(label, `unsupported entry type inside directory tree: ${root}${path}`);
      entries.push({ path, isDirectory: kind === "dir" });
    }
  }
  return entries;
}
