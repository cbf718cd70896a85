/**
 * Unpacking a zip into a filesystem: all of it or nothing.
 * @module
 */

import { dirname, join } from "../../base/paths.ts";
import { LuaSkillsError } from "../../errors.ts";
import type { Vfs } from "../interface.ts";
import { VfsError } from "../interface.ts";
import { type ArchiveLimits, readZip } from "./read-zip.ts";

/**
 * Files of the same name are replaced, others stay. When anything goes wrong the filesystem is as it was before.
 * @throws LuaSkillsError `invalid_archive` | `quota_exceeded` | `conflict` (a directory stands where a file should go) | `aborted`
 */
export function importZip(
  fs: Vfs,
  path: string,
  zip: Uint8Array,
  limits: ArchiveLimits,
  options: { signal?: AbortSignal } = {},
): { files: number } {
  if (options.signal?.aborted === true) throw LuaSkillsError.from(options.signal.reason, "aborted");
  const entries = readZip(zip, limits);
  const undo: Array<() => void> = [];
  let files = 0;
  try {
    makeDirectory(fs, path, undo);
    for (const entry of entries) {
      const target = join(path, entry.name);
      makeDirectory(fs, entry.isDirectory ? target : dirname(target), undo);
      if (entry.isDirectory) continue;
      const standing = fs.stat(target, { followLinks: true });
      // Where a directory stands this is EISDIR, as writing would be.
      const before = standing && fs.readFile(target);
      undo.push(() => {
        if (before) fs.writeFile(target, before);
        else if (fs.stat(target)) fs.remove(target);
      });
      fs.writeFile(target, entry.content);
      files++;
    }
  } catch (error) {
    for (const step of undo.reverse()) step();
    throw importError(error);
  }
  return { files };
}

function makeDirectory(fs: Vfs, path: string, undo: Array<() => void>): void {
  if (fs.stat(path, { followLinks: true })?.kind === "dir") return;
  const parent = dirname(path);
  if (parent !== path) makeDirectory(fs, parent, undo);
  fs.mkdir(path);
  undo.push(() => fs.remove(path));
}

function importError(error: unknown): unknown {
  if (!(error instanceof VfsError)) return error;
  const full = error.errno === "ENOSPC";
  return new LuaSkillsError(
    full ? "quota_exceeded" : "conflict",
    full
      ? `the archive does not fit into the filesystem: ${error.osText}; nothing was written`
      : `the archive cannot be unpacked to ${error.path}: ${error.osText}; nothing was written`,
    { cause: error, data: { path: error.path, errno: error.errno } },
  );
}
