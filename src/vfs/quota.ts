/**
 * How many bytes a tree may hold.
 * @module
 */
import { VfsError } from "./interface.ts";

/** Bytes charged for each file and directory besides its content, so that a million empty files are not free. */
export const entryOverhead = 128;

export class Quota {
  #used = 0;

  /** @param limit bytes; `Infinity` for no limit */
  constructor(readonly limit: number) {}

  get used(): number {
    return this.#used;
  }

  /** Takes `bytes`, or throws ENOSPC and takes nothing. */
  take(bytes: number, path: string, operation: string): void {
    if (bytes > 0 && this.#used + bytes > this.limit) throw new VfsError("ENOSPC", path, operation);
    this.#used += bytes;
  }

  give(bytes: number): void {
    this.#used -= bytes;
  }

  /** Counts what is already stored. A store that was filled under a higher limit still opens; only growth is refused. */
  count(bytes: number): void {
    this.#used += bytes;
  }
}
