import { join } from "../../base/paths.ts";
import type { Vfs, VfsFile } from "../../vfs/interface.ts";
import { isOfTheStore } from "./unfinished-restore.ts";

export interface Found {
  readonly path: string;
  readonly kind: "file" | "dir";
  readonly size: number;
  readonly modifiedMs: number;
}

/** Everything below a directory, directories before what is in them. Links and devices of a real directory are left out. */
export function walk(vfs: Vfs, root: string): Found[] {
  const out: Found[] = [];
  const waiting = [root];
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    for (const name of vfs.list(at)) {
      if (at === root && isOfTheStore(name)) continue;
      const path = join(at, name);
      const stat = vfs.stat(path);
      if (stat?.kind !== "file" && stat?.kind !== "dir") continue;
      out.push({ path, kind: stat.kind, size: stat.size, modifiedMs: stat.modifiedMs });
      if (stat.kind === "dir") waiting.push(path);
    }
  }
  return out;
}

const pieceBytes = 256 * 1024;

/** The content in pieces; the file is closed then. @throws VfsError */
export function* piecesOf(file: VfsFile): Generator<Uint8Array, void, undefined> {
  try {
    for (let at = 0; at < file.size; ) {
      const piece = new Uint8Array(Math.min(pieceBytes, file.size - at));
      const got = file.readAt(piece, at);
      if (got === 0) return;
      at += got;
      yield piece.subarray(0, got);
    }
  } finally {
    file.close();
  }
}
