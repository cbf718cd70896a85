/**
 * What changed in a directory since both sides of the bridge last agreed, and taking in what changed on the other side.
 * @module
 */
import { join } from "../../base/paths.ts";
import type { Vfs } from "../../vfs/interface.ts";

/** Paths are relative, `/` between parts; parents stand before what lies in them. */
export interface Changes {
  readonly folders: readonly string[];
  readonly files: ReadonlyArray<{ readonly path: string; readonly bytes: Uint8Array }>;
  readonly deletes: readonly string[];
}

/** Path → what changes when the file does; `folder` for a directory. */
export type Marks = Map<string, string>;

export function markOf(files: Vfs, path: string): string | undefined {
  const stat = files.stat(path);
  if (stat?.kind === "dir") return "folder";
  return stat?.kind === "file" ? `${stat.version ?? ""}:${stat.size}:${stat.modifiedMs}` : undefined;
}

/** What is different below `root` from what `known` says, and how it is now. */
export function changesSince(known: Marks, files: Vfs, root: string): { now: Marks; changes: Changes } {
  const now: Marks = new Map();
  const folders: string[] = [];
  const changed: Array<{ path: string; bytes: Uint8Array }> = [];
  const walk = (below: string) => {
    for (const name of files.list(join(root, below))) {
      const path = below === "" ? name : `${below}/${name}`;
      const at = join(root, path);
      const mark = markOf(files, at);
      if (mark === undefined) continue;
      now.set(path, mark);
      if (mark === "folder") {
        if (known.get(path) !== mark) folders.push(path);
        walk(path);
      } else if (known.get(path) !== mark) changed.push({ path, bytes: files.readFile(at) });
    }
  };
  if (files.stat(root)?.kind === "dir") walk("");
  const deletes = [...known.keys()].filter((path) => !now.has(path));
  return { now, changes: { folders, files: changed, deletes } };
}

export function isEmpty({ folders, files, deletes }: Changes): boolean {
  return folders.length + files.length + deletes.length === 0;
}

/**
 * Makes the changes of the other side, and notes them in `known`.
 * @param keeps whether a path stays as it is here
 */
export function takeChanges(
  { folders, files: changed, deletes }: Changes,
  {
    known,
    files,
    root,
    keeps = () => false,
  }: { known: Marks; files: Vfs; root: string; keeps?: (path: string) => boolean },
): void {
  // What lies deepest goes first.
  for (const path of [...deletes].sort().reverse()) {
    if (keeps(path)) continue;
    const at = join(root, path);
    if (files.stat(at)) files.remove(at, { recursive: true });
    known.delete(path);
  }
  for (const path of folders) {
    const at = join(root, path);
    if (files.stat(at)?.kind === "file") files.remove(at);
    files.mkdir(at, { recursive: true });
    known.set(path, "folder");
  }
  for (const { path, bytes } of changed) {
    if (keeps(path)) continue;
    const at = join(root, path);
    files.mkdir(at.slice(0, at.lastIndexOf("/")) || "/", { recursive: true });
    files.writeFile(at, bytes);
    known.set(path, markOf(files, at) ?? "");
  }
}
