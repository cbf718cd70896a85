import { tally } from "../../base/work.ts";
import type { SyncHandle } from "../../vfs/backends/store-folder.ts";
import { VfsError } from "../../vfs/interface.ts";
import type { DatabaseFile } from "./file-storage.ts";

/** Bytes all files of a store take together, and may take. */
export interface Budget {
  used: number;
  readonly most: number;
}

/** One file in OPFS. Its handle stays open between connections: another could only be had by waiting. */
export class OpfsFile implements DatabaseFile {
  #size: number;
  #changes = 0;

  constructor(
    private readonly path: string,
    private readonly handle: SyncHandle,
    private readonly budget: Budget,
  ) {
    this.#size = handle.getSize();
    budget.used += this.#size;
  }

  /** The handle is exclusive, so nobody else changes it. */
  get size(): number {
    return this.#size;
  }

  get changes(): number {
    return this.#changes;
  }

  readAt(target: Uint8Array, offset: number): number {
    return this.handle.read(target, { at: offset });
  }

  writeAt(source: Uint8Array, offset: number): void {
    this.#changes++;
    tally("bytesWritten", source.length);
    const end = offset + source.length;
    if (end > this.#size) this.#resize(end, () => this.#write(source, offset));
    else this.#write(source, offset);
  }

  truncate(size: number): void {
    this.#changes++;
    this.#resize(size, () => this.handle.truncate(size));
  }

  sync(): void {
    this.handle.flush();
  }

  /** Of a connection. */
  close(): void {}

  /** Of the file itself. */
  release(): void {
    this.budget.used -= this.#size;
    this.handle.close();
  }

  #write(source: Uint8Array, offset: number): void {
    if (this.#attempt(() => this.handle.write(source, { at: offset })) < source.length) throw this.#full();
  }

  #resize(size: number, work: () => void): void {
    const growth = size - this.#size;
    if (growth > 0 && this.budget.used + growth > this.budget.most) throw this.#full();
    try {
      this.#attempt(work);
    } finally {
      const now = this.handle.getSize();
      this.budget.used += now - this.#size;
      this.#size = now;
    }
  }

  #attempt<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      if (error instanceof DOMException && error.name === "QuotaExceededError") throw this.#full();
      throw error;
    }
  }

  #full(): VfsError {
    return new VfsError("ENOSPC", this.path, "write");
  }
}

/** A file for what does not fit into memory; nobody looks at it after a crash. */
export class TemporaryOpfsFile extends OpfsFile {
  constructor(
    handle: SyncHandle,
    budget: Budget,
    private readonly onClose: () => void,
  ) {
    super("temporary", handle, budget);
  }

  override sync(): void {}

  override close(): void {
    if (this.size > 0) this.truncate(0);
    this.onClose();
  }
}
