/**
 * Several filesystems under one root. Outside every mount there is nothing, and nothing can be made there
 * (vulcan-api.md §1.5).
 * @module
 */

import { compareBytes } from "../base/bytes/byte-order.ts";
import { normalise, relative } from "../base/paths.ts";
import type { FileStat } from "../contract/contract.ts";
import type { Vfs, VfsFile } from "./interface.ts";
import { VfsError } from "./interface.ts";

interface Mount {
  readonly at: string;
  readonly fs: Vfs;
}

export class MountVfs implements Vfs {
  /** Deepest first, so the first match is the right one. */
  readonly #mounts: Mount[];

  /** @param mounts absolute path → filesystem; `/` may be one of them */
  constructor(mounts: Readonly<Record<string, Vfs>>) {
    this.#mounts = Object.entries(mounts)
      .map(([at, fs]) => ({ at: normalise(at), fs }))
      .sort((a, b) => b.at.length - a.at.length);
  }

  stat(path: string, options?: { followLinks?: boolean }): FileStat | undefined {
    const found = this.#find(path);
    const stat = found?.fs.stat(found.path, options);
    if (stat) return stat;
    if (this.#mountsBelow(path).length === 0) return undefined;
    return { kind: "dir", size: 0, modifiedMs: 0, readonly: found === undefined };
  }

  list(path: string): string[] {
    const found = this.#find(path);
    const below = this.#mountsBelow(path);
    if (below.length === 0) {
      if (found === undefined) throw new VfsError("ENOENT", path, "list");
      return found.fs.list(found.path);
    }
    const own = found?.fs.stat(found.path)?.kind === "dir" ? found.fs.list(found.path) : [];
    return [...new Set([...own, ...below])].sort(compareBytes);
  }

  readFile(path: string): Uint8Array {
    const { fs, path: inner } = this.#inside(path, "read");
    return fs.readFile(inner);
  }

  writeFile(path: string, content: Uint8Array, options?: { append?: boolean }): void {
    const { fs, path: inner } = this.#inside(path, "write");
    fs.writeFile(inner, content, options);
  }

  mkdir(path: string, options?: { recursive?: boolean }): void {
    if (this.#isMountOrAbove(path)) {
      if (options?.recursive === true) return;
      throw new VfsError("EEXIST", path, "mkdir");
    }
    const { fs, path: inner } = this.#inside(path, "mkdir");
    fs.mkdir(inner, options);
  }

  remove(path: string, options?: { recursive?: boolean }): void {
    if (this.#isMountOrAbove(path)) throw new VfsError("EACCES", path, "remove");
    const { fs, path: inner } = this.#inside(path, "remove");
    fs.remove(inner, options);
  }

  rename(from: string, to: string): void {
    for (const path of [from, to]) if (this.#isMountOrAbove(path)) throw new VfsError("EACCES", path, "rename");
    const source = this.#inside(from, "rename");
    const target = this.#inside(to, "rename");
    if (source.fs !== target.fs) throw new VfsError("EXDEV", to, "rename");
    source.fs.rename(source.path, target.path);
  }

  open(path: string, options?: { create?: boolean }): VfsFile {
    const { fs, path: inner } = this.#inside(path, "open");
    return fs.open(inner, options);
  }

  realPath(path: string): string | undefined {
    for (const { at, fs } of this.#mounts) {
      const rest = relative(path, at);
      if (rest === undefined) continue;
      const inner = fs.realPath ? fs.realPath(`/${rest}`) : `/${rest}`;
      return inner === undefined ? undefined : normalise(`${at}${inner}`);
    }
    return normalise(path);
  }

  #find(path: string): { fs: Vfs; path: string } | undefined {
    for (const mount of this.#mounts) {
      const rest = relative(path, mount.at);
      if (rest !== undefined) return { fs: mount.fs, path: `/${rest}` };
    }
    return undefined;
  }

  #inside(path: string, operation: string): { fs: Vfs; path: string } {
    const found = this.#find(path);
    if (found) return found;
    throw new VfsError(this.#mountsBelow(path).length > 0 ? "EISDIR" : "ENOENT", path, operation);
  }

  /** Names under `path` that lead to mount points. */
  #mountsBelow(path: string): string[] {
    const out = new Set<string>();
    for (const mount of this.#mounts) {
      const rest = relative(mount.at, path);
      if (rest) out.add(rest.split("/")[0] as string);
    }
    return [...out];
  }

  #isMountOrAbove(path: string): boolean {
    const folded = normalise(path);
    return this.#mounts.some((mount) => mount.at === folded) || this.#mountsBelow(path).length > 0;
  }
}
