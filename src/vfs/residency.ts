/**
 * Which chunks of stored files stay in memory: those touched lately, up to a limit. What has not been committed yet is no
 * part of this; it stays whatever happens.
 * @module
 */

/** Content that can let go of a chunk, and read it again later. */
export interface Evictable {
  /** Whether the chunk was touched since the last time this was asked. */
  takeTouched(index: number): boolean;
  /** False when there is nothing to let go of, or when the chunk is needed. */
  evict(index: number): boolean;
}

interface Entry {
  readonly content: Evictable;
  readonly index: number;
  readonly bytes: number;
}

export class Residency {
  /** First in, first out, with a second chance for what was touched meanwhile. */
  #queue: Entry[] = [];
  #first = 0;
  #bytes = 0;

  /** @param limit bytes */
  constructor(readonly limit: number) {}

  get bytes(): number {
    return this.#bytes;
  }

  /** A chunk came into memory, and the store has it. */
  add(content: Evictable, index: number, bytes: number): void {
    this.#queue.push({ content, index, bytes });
    this.#bytes += bytes;
    // Everything may have been touched; after one round nothing has been any more.
    for (let chances = this.#queue.length - this.#first; this.#bytes > this.limit; ) {
      const entry = this.#queue[this.#first++] as Entry;
      if (chances-- > 0 && entry.content.takeTouched(entry.index)) this.#queue.push(entry);
      else {
        entry.content.evict(entry.index);
        this.#bytes -= entry.bytes;
      }
    }
    if (this.#first * 2 > this.#queue.length) {
      this.#queue = this.#queue.slice(this.#first);
      this.#first = 0;
    }
  }
}
