/**
 * Packing a subtree into a zip.
 * @module
 */

import { Zip, ZipDeflate, ZipPassThrough } from "fflate";
import { concatBytes } from "../../base/bytes/concat-bytes.ts";
import { join, normalise } from "../../base/paths.ts";
import { LuaSkillsError } from "../../errors.ts";
import type { Vfs } from "../interface.ts";
import { VfsError } from "../interface.ts";

export interface ExportZipOptions {
  readonly signal?: AbortSignal;
  /** Bytes between turns of the event loop, for aborts and other work. Default 1 MiB. */
  readonly turnBytes?: number;
  readonly progress?: (filesDone: number) => void;
  /** A directory of the archive that everything goes into. */
  readonly folder?: string;
}

/** Zip times count from 1980; files without a time (a mounted root) get that. */
const earliest = Date.UTC(1980, 0, 2);

/**
 * The files and directories beneath `path`, named relative to it; a single file gives a zip with that file.
 * @throws LuaSkillsError `not_found` | `aborted`
 */
export async function exportZip(
  fs: Vfs,
  path: string,
  options: ExportZipOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const root = normalise(path);
  const stat = fs.stat(root, { followLinks: true });
  if (stat === undefined) throw new LuaSkillsError("not_found", `${root} does not exist`, { data: { path: root } });
  const chunks: Uint8Array[] = [];
  let failure: Error | undefined;
  const zip = new Zip((error, chunk) => {
    if (error) failure = error;
    else chunks.push(chunk);
  });
  let sinceTurn = 0;
  let done = 0;
  const names = stat.kind === "dir" ? namesBeneath(fs, root) : [root.slice(root.lastIndexOf("/") + 1)];
  for (const name of names) {
    const full = stat.kind === "dir" ? join(root, name) : root;
    sinceTurn += addEntry(fs, zip, options.folder === undefined ? name : `${options.folder}/${name}`, full);
    options.progress?.(++done);
    if (sinceTurn < (options.turnBytes ?? 1024 * 1024)) continue;
    sinceTurn = 0;
    await new Promise((resolve) => setTimeout(resolve, 0));
    if (options.signal?.aborted === true) throw LuaSkillsError.from(options.signal.reason, "aborted");
  }
  zip.end();
  if (failure) throw LuaSkillsError.from(failure, "internal");
  return concatBytes(chunks);
}

function addEntry(fs: Vfs, zip: Zip, name: string, path: string): number {
  if (name.endsWith("/")) {
    const directory = new ZipPassThrough(name);
    zip.add(directory);
    directory.push(new Uint8Array(0), true);
    return 0;
  }
  let content: Uint8Array;
  try {
    content = fs.readFile(path);
  } catch (error) {
    // Links that lead nowhere and files removed since the listing have nothing to pack.
    if (error instanceof VfsError && (error.errno === "ENOENT" || error.errno === "EACCES")) return 0;
    throw error;
  }
  const file = new ZipDeflate(name, { level: 6 });
  file.mtime = Math.max(earliest, fs.stat(path)?.modifiedMs ?? 0);
  zip.add(file);
  file.push(content, true);
  return content.length;
}

/** Relative names, directories before what is in them and with a `/` at the end. Links to directories are not entered. */
function namesBeneath(fs: Vfs, root: string): string[] {
  const out: string[] = [];
  const stack = [""];
  for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
    if (at !== "") out.push(at);
    const below: string[] = [];
    for (const name of fs.list(join(root, at))) {
      const child = `${at}${name}`;
      if (fs.stat(join(root, child))?.kind === "dir") below.push(`${child}/`);
      else out.push(child);
    }
    stack.push(...below.reverse());
  }
  return out;
}
