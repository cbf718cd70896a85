/**
 * A filesystem that is read but never written, with a memory tree over it that takes every change. What is removed is
 * hidden, what is written to is copied up first.
 * @module
 */

import { compareBytes } from "../base/bytes/byte-order.ts";
import { dirname, isInside, join, normalise, segments } from "../base/paths.ts";
import type { FileStat } from "../contract/contract.ts";
import type { Vfs, VfsFile } from "./interface.ts";
import { VfsError } from "./interface.ts";
import { MemoryTree, type MemoryTreeOptions } from "./memory-tree.ts";

export class OverlayVfs implements Vfs {
  readonly #lower: Vfs;
  readonly #upper: MemoryTree;
  /** Paths of the lower filesystem that are gone, with everything beneath them. */
  readonly #hidden = new Set<string>();

  constructor(lower: Vfs, options: Omit<MemoryTreeOptions, "observer"> = {}) {
    this.#lower = lower;
    this.#upper = new MemoryTree(options);
  }

  stat(path: string, options?: { followLinks?: boolean }): FileStat | undefined {
    const own = this.#upper.stat(path);
    if (own) return own;
    return this.#isCovered(path) ? undefined : this.#lower.stat(path, options);
  }

  realPath(path: string): string | undefined {
    return this.#lower.realPath ? this.#lower.realPath(path) : normalise(path);
  }

  list(path: string): string[] {
    const own = this.#upper.stat(path);
    const names = new Set(own ? this.#upper.list(path) : []);
    if (
      !this.#isCovered(path) &&
      (own === undefined || this.#lower.stat(path, { followLinks: true })?.kind === "dir")
    ) {
      for (const name of this.#lower.list(path)) if (!this.#hidden.has(join(path, name))) names.add(name);
    } else if (own === undefined) {
      throw this.#missing(path, "list");
    }
    return [...names].sort(compareBytes);
  }

  readFile(path: string): Uint8Array {
    if (this.#upper.stat(path) || this.#isCovered(path)) return this.#upper.readFile(path);
    return this.#lower.readFile(path);
  }

  writeFile(path: string, content: Uint8Array, options: { append?: boolean } = {}): void {
    const before = this.#kind(path);
    if (before === "dir") throw new VfsError("EISDIR", path, "write");
    this.#bringParent(path, "write");
    if (before === "file" && options.append === true) this.#bringUp(path);
    this.#upper.writeFile(path, content, options);
  }

  mkdir(path: string, options: { recursive?: boolean } = {}): void {
    const names = segments(path);
    if (names.length === 0 && options.recursive !== true) throw new VfsError("EEXIST", path, "mkdir");
    for (let depth = options.recursive === true ? 1 : names.length; depth <= names.length; depth++) {
      const at = `/${names.slice(0, depth).join("/")}`;
      const kind = this.#kind(at);
      if (kind === "dir" && options.recursive === true) continue;
      if (kind !== undefined) throw new VfsError(depth === names.length ? "EEXIST" : "ENOTDIR", path, "mkdir");
      this.#bringParent(at, "mkdir");
      this.#upper.mkdir(at);
    }
  }

  remove(path: string, options: { recursive?: boolean } = {}): void {
    const kind = this.#need(path, "remove");
    if (normalise(path) === "/") throw new VfsError("EINVAL", path, "remove");
    if (kind === "dir" && options.recursive !== true && this.list(path).length > 0) {
      throw new VfsError("ENOTEMPTY", path, "remove");
    }
    this.#discard(path);
  }

  rename(from: string, to: string): void {
    for (const path of [from, to]) this.#bringParent(path, "rename");
    const kind = this.#need(from, "rename");
    if (normalise(from) === normalise(to)) return;
    if (isInside(to, from)) throw new VfsError("EINVAL", to, "rename");
    if (isInside(from, to)) throw new VfsError("ENOTEMPTY", to, "rename");
    const target = this.#kind(to);
    if (target === "dir" && kind !== "dir") throw new VfsError("EISDIR", to, "rename");
    if (target !== undefined && target !== "dir" && kind === "dir") throw new VfsError("ENOTDIR", to, "rename");
    if (target === "dir" && this.list(to).length > 0) throw new VfsError("ENOTEMPTY", to, "rename");
    this.#bringUp(from);
    if (target !== undefined) this.#discard(to);
    this.#upper.rename(from, to);
    this.#hide(from);
  }

  open(path: string, options: { create?: boolean } = {}): VfsFile {
    const kind = this.#kind(path);
    if (kind === undefined) this.#bringParent(path, "open");
    else if (kind !== "dir") this.#bringUp(path);
    else throw new VfsError("EISDIR", path, "open");
    return this.#upper.open(path, options);
  }

  #kind(path: string): FileStat["kind"] | undefined {
    return this.stat(path, { followLinks: true })?.kind;
  }

  #need(path: string, operation: string): FileStat["kind"] {
    const kind = this.#kind(path);
    if (kind === undefined) throw this.#missing(path, operation);
    return kind;
  }

  #missing(path: string, operation: string): VfsError {
    let above = dirname(path);
    while (this.#kind(above) === undefined) above = dirname(above);
    return new VfsError(this.#kind(above) === "dir" ? "ENOENT" : "ENOTDIR", path, operation);
  }

  /** Whether the lower filesystem may not show through here: hidden, or at or beneath a file of the upper one. */
  #isCovered(path: string): boolean {
    for (let at = normalise(path); at !== "/"; at = dirname(at)) {
      if (this.#hidden.has(at) || this.#upper.stat(at)?.kind === "file") return true;
    }
    return false;
  }

  #bringParent(path: string, operation: string): void {
    const parent = dirname(path);
    const kind = this.#kind(parent);
    if (kind === undefined) throw this.#missing(path, operation);
    if (kind !== "dir") throw new VfsError("ENOTDIR", path, operation);
    this.#upper.mkdir(parent, { recursive: true });
  }

  /** Copies what the lower filesystem has at and beneath `path` into memory. */
  #bringUp(path: string): void {
    if (this.#kind(path) === "dir") {
      this.#upper.mkdir(path, { recursive: true });
      for (const name of this.list(path)) this.#bringUp(join(path, name));
    } else if (this.#upper.stat(path) === undefined) {
      this.#upper.mkdir(dirname(path), { recursive: true });
      this.#upper.writeFile(path, this.#lower.readFile(path));
    }
  }

  #discard(path: string): void {
    if (this.#upper.stat(path)) this.#upper.remove(path, { recursive: true });
    this.#hide(path);
  }

  #hide(path: string): void {
    if (!this.#isCovered(path) && this.#lower.stat(path)) this.#hidden.add(normalise(path));
  }
}
