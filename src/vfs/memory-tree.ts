/**
 * The synchronous filesystem in memory. It tells a {@link TreeObserver} what changed; what becomes of that is the
 * store's business.
 * @module
 */

import { compareBytes } from "../base/bytes/byte-order.ts";
import { segments } from "../base/paths.ts";
import { charge, tally } from "../base/work.ts";
import type { FileStat } from "../contract/contract.ts";
import { LuaSkillsError } from "../errors.ts";
import type { Vfs, VfsFile } from "./interface.ts";
import { VfsError } from "./interface.ts";
import { entryOverhead, Quota } from "./quota.ts";
import { attach, contentBytes, DirectoryNode, detach, FileNode, liesIn, subtree, type TreeNode } from "./tree-node.ts";

/** Hears about every change of a node that is part of the tree. */
export interface TreeObserver {
  /** Content, name, parent or time changed, or the node is new. */
  touched(node: TreeNode): void;
  /** The node alone; the tree reports each node of a removed subtree. */
  removed(node: TreeNode): void;
}

export interface MemoryTreeOptions {
  /** Bytes; default no limit. */
  readonly quotaBytes?: number;
  /** Unix milliseconds; default `Date.now`. */
  readonly now?: () => number;
  readonly observer?: TreeObserver;
}

/** What work costs the run that asks for it (base/work.ts): a name in a listing, the removal of an entry, copied bytes. */
const nameUnits = 30;
const removalUnits = 60;
const bytesPerUnit = 32;

const silent: TreeObserver = { touched() {}, removed() {} };

export class MemoryTree implements Vfs {
  readonly root: DirectoryNode;
  readonly quota: Quota;
  readonly #now: () => number;
  readonly #observer: TreeObserver;
  #nextId = 1;

  constructor(options: MemoryTreeOptions = {}) {
    this.#now = options.now ?? Date.now;
    this.quota = new Quota(options.quotaBytes ?? Number.POSITIVE_INFINITY);
    this.#observer = options.observer ?? silent;
    this.root = new DirectoryNode(0, "", this.#now());
  }

  /** Puts a stored node into its place without reporting a change. */
  restore(parent: DirectoryNode, node: TreeNode): void {
    attach(parent, node);
    // The time of a directory is stored only when its record is written for another reason; this brings it up to date.
    parent.modifiedMs = Math.max(parent.modifiedMs, node.modifiedMs);
    this.quota.count(entryOverhead + contentBytes(node));
    this.#nextId = Math.max(this.#nextId, node.id + 1);
  }

  stat(path: string): FileStat | undefined {
    const node = this.#find(path);
    if (node === undefined) return undefined;
    const { kind, modifiedMs } = node;
    if (kind === "dir") return { kind, size: 0, modifiedMs, readonly: false };
    return { kind, size: node.content.size, modifiedMs, readonly: false, version: `${node.id}:${node.revision}` };
  }

  list(path: string): string[] {
    const node = this.#get(path, "list");
    if (node.kind !== "dir") throw new VfsError("ENOTDIR", path, "list");
    charge(nameUnits * node.children.size);
    return [...node.children.keys()].sort(compareBytes);
  }

  readFile(path: string): Uint8Array {
    const node = this.#get(path, "read");
    if (node.kind === "dir") throw new VfsError("EISDIR", path, "read");
    charge(node.content.size / bytesPerUnit);
    try {
      return node.content.copy();
    } catch (error) {
      throw unreadable(error, path, "read");
    }
  }

  writeFile(path: string, content: Uint8Array, options: { append?: boolean } = {}): void {
    const place = this.#place(path, "write");
    const existing = fileIn(place, path, "write");
    if (options.append === true && existing) {
      this.#write(existing, content, existing.content.size, path);
      return;
    }
    charge(content.length / bytesPerUnit);
    tally("bytesWritten", content.length);
    const growth = content.length - (existing ? existing.content.size : -entryOverhead);
    this.quota.take(growth, path, "write");
    const node = existing ?? this.#create(place);
    node.content.replace(content);
    this.#changed(node);
  }

  mkdir(path: string, options: { recursive?: boolean } = {}): void {
    const names = checkedSegments(path, "mkdir");
    let directory = this.root;
    for (const [index, name] of names.entries()) {
      const isLast = index === names.length - 1;
      const child = directory.children.get(name);
      if (child === undefined) {
        if (!isLast && options.recursive !== true) throw new VfsError("ENOENT", path, "mkdir");
        directory = this.#makeDirectory(directory, name, path);
        continue;
      }
      if (isLast && (options.recursive !== true || child.kind === "file")) throw new VfsError("EEXIST", path, "mkdir");
      if (child.kind === "file") throw new VfsError("ENOTDIR", path, "mkdir");
      directory = child;
    }
    if (names.length === 0 && options.recursive !== true) throw new VfsError("EEXIST", path, "mkdir");
  }

  remove(path: string, options: { recursive?: boolean } = {}): void {
    const node = this.#get(path, "remove");
    if (node === this.root) throw new VfsError("EINVAL", path, "remove");
    if (node.kind === "dir" && node.children.size > 0 && options.recursive !== true) {
      throw new VfsError("ENOTEMPTY", path, "remove");
    }
    this.#drop(node);
  }

  rename(from: string, to: string): void {
    // Checks in the order Linux makes them, so that a skill sees the same error on every store.
    const source = this.#place(from, "rename");
    const { parent, name } = this.#place(to, "rename");
    const node = source.parent.children.get(source.name);
    if (node === undefined) throw new VfsError("ENOENT", from, "rename");
    const target = parent.children.get(name);
    if (target === node) return;
    if (liesIn(parent, node)) throw new VfsError("EINVAL", to, "rename");
    if (target) {
      if (liesIn(source.parent, target)) throw new VfsError("ENOTEMPTY", to, "rename");
      if (target.kind === "dir" && node.kind === "file") throw new VfsError("EISDIR", to, "rename");
      if (target.kind === "file" && node.kind === "dir") throw new VfsError("ENOTDIR", to, "rename");
      if (target.kind === "dir" && target.children.size > 0) throw new VfsError("ENOTEMPTY", to, "rename");
      this.#drop(target);
    }
    const now = this.#now();
    source.parent.modifiedMs = now;
    detach(node);
    node.name = name;
    attach(parent, node);
    parent.modifiedMs = now;
    this.#observer.touched(node);
  }

  open(path: string, options: { create?: boolean } = {}): VfsFile {
    const place = this.#place(path, "open");
    let node = fileIn(place, path, "open");
    if (node === undefined) {
      if (options.create !== true) throw new VfsError("ENOENT", path, "open");
      this.quota.take(entryOverhead, path, "open");
      node = this.#create(place);
      this.#changed(node);
    }
    const file = node;
    file.opened++;
    let isOpen = true;
    return {
      get size() {
        return file.content.size;
      },
      readAt: (target, offset) => {
        try {
          return file.content.read(target, offset);
        } catch (error) {
          throw unreadable(error, path, "read");
        }
      },
      writeAt: (source, offset) => this.#write(file, source, offset, path),
      truncate: (size) => this.#truncate(file, size, path),
      close: () => {
        if (!isOpen) return;
        isOpen = false;
        file.opened--;
        if (file.opened === 0 && file.parent === undefined) this.quota.give(entryOverhead + file.content.size);
      },
    };
  }

  #write(node: FileNode, source: Uint8Array, offset: number, path: string): void {
    if (source.length === 0) return;
    // A removed file that is still open counts until the last who has it closes it: its bytes are still there.
    this.quota.take(Math.max(0, offset + source.length - node.content.size), path, "write");
    tally("bytesWritten", source.length);
    try {
      node.content.write(source, offset);
    } catch (error) {
      throw unreadable(error, path, "write");
    }
    this.#changed(node);
  }

  #truncate(node: FileNode, size: number, path: string): void {
    const growth = size - node.content.size;
    if (growth === 0) return;
    this.quota.take(growth, path, "write");
    try {
      node.content.truncate(size);
    } catch (error) {
      throw unreadable(error, path, "truncate");
    }
    this.#changed(node);
  }

  #changed(node: FileNode): void {
    node.modifiedMs = this.#now();
    node.revision++;
    if (node.parent) this.#observer.touched(node);
  }

  #create({ parent, name }: Place): FileNode {
    const node = new FileNode(this.#nextId++, name, this.#now());
    attach(parent, node);
    parent.modifiedMs = node.modifiedMs;
    return node;
  }

  #makeDirectory(parent: DirectoryNode, name: string, path: string): DirectoryNode {
    this.quota.take(entryOverhead, path, "mkdir");
    const node = new DirectoryNode(this.#nextId++, name, this.#now());
    attach(parent, node);
    parent.modifiedMs = node.modifiedMs;
    this.#observer.touched(node);
    return node;
  }

  #drop(node: TreeNode): void {
    // Before, because what is removed halfway is neither here nor there.
    for (const _ of subtree(node)) charge(removalUnits);
    if (node.parent) node.parent.modifiedMs = this.#now();
    for (const each of subtree(node)) {
      // Whoever has it open goes on reading it, and the store forgets it.
      if (each.kind === "file" && each.opened > 0) keepReadable(each);
      if (each.kind === "dir" || each.opened === 0) this.quota.give(entryOverhead + contentBytes(each));
      this.#observer.removed(each);
      detach(each);
    }
  }

  #place(path: string, operation: string): Place {
    const names = checkedSegments(path, operation);
    const name = names.pop();
    if (name === undefined) throw new VfsError("EISDIR", path, operation);
    let parent: TreeNode | undefined = this.root;
    for (const part of names) {
      if (parent.kind === "file") throw new VfsError("ENOTDIR", path, operation);
      parent = parent.children.get(part);
      if (parent === undefined) throw new VfsError("ENOENT", path, operation);
    }
    if (parent.kind === "file") throw new VfsError("ENOTDIR", path, operation);
    return { parent, name };
  }

  #find(path: string): TreeNode | undefined {
    let node: TreeNode | undefined = this.root;
    for (const name of segments(path)) {
      if (node === undefined || node.kind === "file") return undefined;
      node = node.children.get(name);
    }
    return node;
  }

  #get(path: string, operation: string): TreeNode {
    let node: TreeNode | undefined = this.root;
    for (const name of checkedSegments(path, operation)) {
      if (node.kind === "file") throw new VfsError("ENOTDIR", path, operation);
      node = node.children.get(name);
      if (node === undefined) throw new VfsError("ENOENT", path, operation);
    }
    return node;
  }
}

interface Place {
  readonly parent: DirectoryNode;
  readonly name: string;
}

/** The file at a place that exists: undefined when there is room for one. */
function fileIn({ parent, name }: Place, path: string, operation: string): FileNode | undefined {
  const node = parent.children.get(name);
  if (node?.kind === "dir") throw new VfsError("EISDIR", path, operation);
  return node;
}

/** Content that stayed in the store and is not what was written there. */
function unreadable(cause: unknown, path: string, operation: string): unknown {
  return cause instanceof LuaSkillsError ? new VfsError("EIO", path, operation, { cause }) : cause;
}

function keepReadable(file: FileNode): void {
  try {
    file.content.detach();
  } catch (error) {
    throw unreadable(error, file.name, "remove");
  }
}

/** Bytes of one name, as on Linux; a record's length field could not hold just any. */
const maxNameBytes = 255;

function checkedSegments(path: string, operation: string): string[] {
  const names = segments(path);
  const isTooLong = (name: string): boolean =>
    name.length * 3 > maxNameBytes && new TextEncoder().encode(name).length > maxNameBytes;
  if (path.includes("\0") || names.some(isTooLong)) throw new VfsError("EINVAL", path, operation);
  return names;
}
