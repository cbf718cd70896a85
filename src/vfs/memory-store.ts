/**
 * A store nothing survives: the memory tree alone.
 * @module
 */
import type { VfsStore } from "./interface.ts";
import { MemoryTree, type MemoryTreeOptions } from "./memory-tree.ts";

export class MemoryStore implements VfsStore {
  readonly kind = "memory";
  readonly persisted = false;
  /** There is nowhere to commit to, so nothing ever waits to be committed. */
  readonly dirty = false;
  readonly fs: MemoryTree;

  constructor(options: Omit<MemoryTreeOptions, "observer"> = {}) {
    this.fs = new MemoryTree(options);
  }

  get memoryBytes(): number {
    return this.fs.quota.used;
  }

  commit(): Promise<void> {
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
