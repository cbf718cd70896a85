/**
 * The bytes of one file, in chunks that remember whether they changed since they were last handed to a backend.
 * A chunk that a running commit (or a loaded record) still points at is `shared` and is cloned before it is written.
 * A file whose backend can be read at any time holds the chunks it was asked for; the others are read when they are touched.
 * @module
 */
import type { Evictable, Residency } from "./residency.ts";

/**
 * Bytes per chunk; also the largest file that is stored inside its own record. Chromium's IndexedDB moves values above
 * 64 KiB (with their wrapping, after compression) into files of their own, which makes a commit five times as slow.
 */
export const chunkBytes = 32 * 1024;

/** Where the chunks of one file are that are not in memory. */
export interface ChunkSource {
  readonly residency: Residency;
  /** The chunk as it was committed last; the array is the caller's. @throws LuaSkillsError `storage_corrupt` */
  read(index: number): Uint8Array;
}

/** Of the many files that nobody touches between a start and its end; nothing is ever put into it. */
// allowed: stays empty
const none = new Set<number>();

function withIndex(set: Set<number>, index: number): Set<number> {
  return set === none ? new Set([index]) : set.add(index);
}

export class FileContent implements Evictable {
  #size = 0;
  /** Every chunk but the last is exactly `chunkBytes` long; the last may have spare capacity. A hole is in the store. */
  #chunks: Array<Uint8Array | undefined> = [];
  #shared = none;
  #dirty = none;
  #source: ChunkSource | undefined;
  /** Handed to a commit that has not ended. */
  #committing = none;
  /** Known to the residency. */
  #resident = none;
  #touched = none;

  /** Content that a record holds; the bytes stay the record's until they are written. */
  static adopt(chunks: Uint8Array[], size: number): FileContent {
    const content = new FileContent();
    content.#chunks = chunks;
    content.#size = size;
    for (const index of chunks.keys()) content.#shared = withIndex(content.#shared, index);
    return content;
  }

  /** Content that stays where it is until it is touched. */
  static stored(size: number, source: ChunkSource): FileContent {
    const content = new FileContent();
    content.#size = size;
    content.#source = source;
    return content;
  }

  get size(): number {
    return this.#size;
  }

  get chunkCount(): number {
    return Math.ceil(this.#size / chunkBytes);
  }

  read(target: Uint8Array, offset: number): number {
    const end = Math.min(this.#size, offset + target.length);
    let at = offset;
    while (at < end) {
      const chunk = this.#present(Math.floor(at / chunkBytes));
      const within = at % chunkBytes;
      const count = Math.min(chunkBytes - within, end - at);
      target.set(chunk.subarray(within, within + count), at - offset);
      at += count;
    }
    return Math.max(0, end - offset);
  }

  copy(): Uint8Array {
    const out = new Uint8Array(this.#size);
    this.read(out, 0);
    return out;
  }

  write(source: Uint8Array, offset: number): void {
    if (source.length === 0) return;
    const end = offset + source.length;
    this.#extend(Math.max(this.#size, end));
    let at = offset;
    while (at < end) {
      const index = Math.floor(at / chunkBytes);
      const within = at % chunkBytes;
      const count = Math.min(chunkBytes - within, end - at);
      const whole = count === this.#lengthOf(index);
      this.#writable(index, whole).set(source.subarray(at - offset, at - offset + count), within);
      at += count;
    }
  }

  /** All of it anew. Whole chunks are written over where they are; the rest of one need not be read for that. */
  replace(source: Uint8Array): void {
    const kept = Math.min(this.#size, source.length);
    this.truncate(kept - (kept % chunkBytes));
    this.write(source, 0);
  }

  truncate(size: number): void {
    if (size >= this.#size) {
      this.#extend(size);
      return;
    }
    const kept = Math.ceil(size / chunkBytes);
    const tail = size % chunkBytes;
    // What lies past the end must read as zeros when the file grows again. First, because it may have to be read.
    if (tail > 0) this.#writable(kept - 1, false).fill(0, tail);
    this.#chunks.length = kept;
    for (const indices of [this.#dirty, this.#shared, this.#touched]) {
      for (const index of [...indices]) if (index >= kept) indices.delete(index);
    }
    this.#size = size;
  }

  /** The bytes of one chunk, valid until the next write; exactly as long as the file reaches. */
  chunk(index: number): Uint8Array {
    const chunk = this.#present(index);
    const length = this.#lengthOf(index);
    return chunk.length === length ? chunk : chunk.subarray(0, length);
  }

  /** A chunk for a backend: it may be kept, a later write clones it. Its buffer is exactly as long as the chunk. */
  lend(index: number): Uint8Array {
    const chunk = this.chunk(index);
    // Structured clone copies the whole buffer behind a view, so only a view of everything may be lent.
    if (chunk.byteLength !== chunk.buffer.byteLength) return chunk.slice();
    this.#shared = withIndex(this.#shared, index);
    return chunk;
  }

  takeDirty(): number[] {
    const out = [...this.#dirty];
    this.#dirty.clear();
    for (const index of out) this.#committing = withIndex(this.#committing, index);
    return out;
  }

  /** The commit that took these chunks failed. */
  markDirty(indices: Iterable<number>): void {
    for (const index of indices) {
      this.#committing.delete(index);
      if (index < this.chunkCount) this.#dirty = withIndex(this.#dirty, index);
    }
  }

  /** The commit that took these chunks is durable. `source`: where they can be read again; undefined: nowhere. */
  committed(indices: Iterable<number>, source: ChunkSource | undefined): void {
    this.#source = source;
    for (const index of indices) {
      this.#committing.delete(index);
      // A store that can read them again has not kept them.
      if (source !== undefined) this.#shared.delete(index);
      this.#admit(index);
    }
  }

  /** Brings everything into memory, to stay there: the store is about to forget the file, or to go. */
  detach(): void {
    for (let index = 0; index < this.chunkCount; index++) this.#chunks[index] = this.#held(index);
    this.#source = undefined;
  }

  takeTouched(index: number): boolean {
    return this.#touched.delete(index);
  }

  evict(index: number): boolean {
    this.#resident.delete(index);
    if (this.#source === undefined || this.#dirty.has(index) || this.#committing.has(index)) return false;
    if (this.#chunks[index] === undefined) return false;
    this.#chunks[index] = undefined;
    this.#shared.delete(index);
    return true;
  }

  #lengthOf(index: number): number {
    return Math.min(chunkBytes, this.#size - index * chunkBytes);
  }

  /** From memory or the store; it does not stay in memory for that. */
  #held(index: number): Uint8Array {
    return this.#chunks[index] ?? (this.#source as ChunkSource).read(index);
  }

  #present(index: number): Uint8Array {
    const chunk = this.#chunks[index];
    if (this.#source === undefined) return chunk as Uint8Array;
    if (chunk === undefined) return this.#load(index, this.#source);
    this.#touched = withIndex(this.#touched, index);
    return chunk;
  }

  #load(index: number, source: ChunkSource): Uint8Array {
    const chunk = source.read(index);
    this.#chunks[index] = chunk;
    this.#admit(index);
    return chunk;
  }

  #admit(index: number): void {
    const chunk = this.#chunks[index];
    if (!this.#source || !chunk || this.#dirty.has(index) || this.#resident.has(index)) return;
    this.#resident = withIndex(this.#resident, index);
    this.#source.residency.add(this, index, chunk.byteLength);
  }

  /** @param whole all of it will be written: what it held does not matter */
  #writable(index: number, whole: boolean): Uint8Array {
    const chunk = whole ? (this.#chunks[index] ?? new Uint8Array(this.#lengthOf(index))) : this.#held(index);
    this.#dirty = withIndex(this.#dirty, index);
    this.#chunks[index] = chunk;
    if (!this.#shared.delete(index)) return chunk;
    const own = chunk.slice();
    this.#chunks[index] = own;
    return own;
  }

  #extend(size: number): void {
    const before = this.chunkCount;
    const last = Math.ceil(size / chunkBytes) - 1;
    for (let index = Math.max(0, before - 1); index <= last; index++) {
      const needed = index === last ? size - last * chunkBytes : chunkBytes;
      if (this.#lengthOf(index) === needed) continue;
      const chunk = index < before ? this.#held(index) : undefined;
      this.#dirty = withIndex(this.#dirty, index);
      if (chunk === undefined) {
        this.#chunks[index] = new Uint8Array(needed);
      } else if (chunk.length < needed) {
        const grown = new Uint8Array(Math.min(chunkBytes, Math.max(needed, chunk.length * 2)));
        grown.set(chunk);
        this.#chunks[index] = grown;
        this.#shared.delete(index);
      } else this.#chunks[index] = chunk;
    }
    this.#size = size;
  }
}
