/**
 * The bytes of one file, in chunks that remember whether they changed since they were last handed to a backend.
 * A chunk that a running commit (or a loaded record) still points at is `shared` and is cloned before it is written.
 * @module
 */

/**
 * Bytes per chunk; also the largest file that is stored inside its own record. Chromium's IndexedDB moves values above
 * 64 KiB (with their wrapping, after compression) into files of their own, which makes a commit five times as slow.
 */
export const chunkBytes = 32 * 1024;

export class FileContent {
  #size = 0;
  /** Every chunk but the last is exactly `chunkBytes` long; the last may have spare capacity. */
  #chunks: Uint8Array[] = [];
  #shared = new Set<number>();
  #dirty = new Set<number>();

  /** Content that a record holds; the bytes stay the record's until they are written. */
  static adopt(chunks: Uint8Array[], size: number): FileContent {
    const content = new FileContent();
    content.#chunks = chunks;
    content.#size = size;
    for (let i = 0; i < chunks.length; i++) content.#shared.add(i);
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
      const chunk = this.#chunks[Math.floor(at / chunkBytes)] as Uint8Array;
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
    if (offset > this.#size) this.#extend(offset);
    if (end > this.#size) this.#extend(end);
    let at = offset;
    while (at < end) {
      const index = Math.floor(at / chunkBytes);
      const within = at % chunkBytes;
      const count = Math.min(chunkBytes - within, end - at);
      this.#writable(index).set(source.subarray(at - offset, at - offset + count), within);
      at += count;
    }
  }

  truncate(size: number): void {
    if (size > this.#size) this.#extend(size);
    if (size >= this.#size) return;
    const kept = Math.ceil(size / chunkBytes);
    this.#chunks.length = kept;
    for (const index of [...this.#dirty]) if (index >= kept) this.#dirty.delete(index);
    for (const index of [...this.#shared]) if (index >= kept) this.#shared.delete(index);
    const tail = size % chunkBytes;
    // What lies past the end must read as zeros when the file grows again.
    if (tail > 0) this.#writable(kept - 1).fill(0, tail);
    this.#size = size;
  }

  /** The bytes of one chunk, valid until the next write; exactly as long as the file reaches. */
  chunk(index: number): Uint8Array {
    const chunk = this.#chunks[index] as Uint8Array;
    const length = Math.min(chunkBytes, this.#size - index * chunkBytes);
    return chunk.length === length ? chunk : chunk.subarray(0, length);
  }

  /** A chunk for a backend: it may be kept, a later write clones it. Its buffer is exactly as long as the chunk. */
  lend(index: number): Uint8Array {
    const chunk = this.chunk(index);
    // Structured clone copies the whole buffer behind a view, so only a view of everything may be lent.
    if (chunk.byteLength !== chunk.buffer.byteLength) return chunk.slice();
    this.#shared.add(index);
    return chunk;
  }

  takeDirty(): number[] {
    const out = [...this.#dirty];
    this.#dirty.clear();
    return out;
  }

  markDirty(indices: Iterable<number>): void {
    for (const index of indices) if (index < this.chunkCount) this.#dirty.add(index);
  }

  #writable(index: number): Uint8Array {
    this.#dirty.add(index);
    const chunk = this.#chunks[index] as Uint8Array;
    if (!this.#shared.delete(index)) return chunk;
    const own = chunk.slice();
    this.#chunks[index] = own;
    return own;
  }

  #extend(size: number): void {
    const last = Math.ceil(size / chunkBytes) - 1;
    for (let index = Math.max(0, this.chunkCount - 1); index <= last; index++) {
      const needed = index === last ? size - last * chunkBytes : chunkBytes;
      const chunk = this.#chunks[index];
      this.#dirty.add(index);
      if (chunk === undefined) {
        this.#chunks[index] = new Uint8Array(needed);
      } else if (chunk.length < needed) {
        const grown = new Uint8Array(Math.min(chunkBytes, Math.max(needed, chunk.length * 2)));
        grown.set(chunk);
        this.#chunks[index] = grown;
        this.#shared.delete(index);
      }
    }
    this.#size = size;
  }
}
