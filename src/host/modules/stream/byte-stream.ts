/**
 * Bytes read and written in place: an open file, a body that has come, or memory. What the modules `fs`, `stream` and
 * `http_client` hand out.
 * @module
 */
import { charge } from "../../../base/work.ts";
import type { HeldBytes } from "../held-bytes.ts";

/** Where the bytes are. */
export interface ByteStore {
  readonly size: number;
  readAt(target: Uint8Array, offset: number): number;
  writeAt(source: Uint8Array, offset: number): void;
  close(): void;
}

/** What a byte costs that is copied: a unit is some ten nanoseconds. */
const bytesPerUnit = 64;
const defaultPiece = 32 * 1024;

export interface StreamMode {
  readonly readable: boolean;
  readonly writable: boolean;
  /** Writes go to the end. */
  readonly append?: boolean;
}

export class ByteStream {
  position = 0;
  isOpen = true;

  constructor(
    private readonly store: ByteStore,
    readonly mode: StreamMode,
  ) {}

  get size(): number {
    return this.store.size;
  }

  /** At most so many bytes; undefined at the end. */
  read(size: number = defaultPiece): Uint8Array | undefined {
    const left = Math.max(0, this.store.size - this.position);
    if (left === 0) return undefined;
    const target = new Uint8Array(Math.min(left, size <= 0 ? defaultPiece : size));
    charge(1 + target.length / bytesPerUnit, target.length);
    const count = this.store.readAt(target, this.position);
    this.position += count;
    return count === target.length ? target : target.slice(0, count);
  }

  /** Everything from here on. */
  rest(): Uint8Array {
    return this.read(Math.max(1, this.store.size - this.position)) ?? new Uint8Array(0);
  }

  write(bytes: Uint8Array): number {
    if (this.mode.append) this.position = this.store.size;
    charge(1 + bytes.length / bytesPerUnit);
    this.store.writeAt(bytes, this.position);
    this.position += bytes.length;
    return bytes.length;
  }

  /** The new position; undefined for one before the start. */
  seek(whence: "set" | "cur" | "end", offset: number): number | undefined {
    const base = { set: 0, cur: this.position, end: this.store.size }[whence];
    if (base + offset < 0) return undefined;
    this.position = base + offset;
    return this.position;
  }

  close(): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.store.close();
  }
}

/** Grows by what is written into it. */
export class MemoryBytes implements ByteStore {
  #bytes: Uint8Array;
  #size: number;

  /** @throws LuaSkillsError `quota_exceeded`, as {@link writeAt} */
  constructor(
    content: Uint8Array,
    private readonly held: HeldBytes,
  ) {
    held.take(content.length);
    this.#bytes = content;
    this.#size = content.length;
  }

  get size(): number {
    return this.#size;
  }

  readAt(target: Uint8Array, offset: number): number {
    const piece = this.#bytes.subarray(offset, Math.min(this.#size, offset + target.length));
    target.set(piece);
    return piece.length;
  }

  writeAt(source: Uint8Array, offset: number): void {
    const end = offset + source.length;
    if (end > this.#bytes.length) {
      const length = Math.max(end, 2 * this.#bytes.length);
      this.held.take(length - this.#bytes.length);
      charge(length / bytesPerUnit, length);
      const larger = new Uint8Array(length);
      larger.set(this.#bytes.subarray(0, this.#size));
      this.#bytes = larger;
    }
    this.#bytes.set(source, offset);
    this.#size = Math.max(this.#size, end);
  }

  close(): void {
    this.held.give(this.#bytes.length);
    this.#bytes = new Uint8Array(0);
    this.#size = 0;
  }
}
