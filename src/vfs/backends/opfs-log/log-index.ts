/**
 * Where the newest value of every record is, and how much of each file still counts.
 * @module
 */
import type { LogFile } from "./files.ts";
import type { FrameEntry, FrameHead } from "./frame.ts";
import { fileHeaderBytes } from "./log-file.ts";

export interface DataFile {
  readonly name: string;
  readonly id: bigint;
  readonly file: LogFile;
  /** Bytes that count. */
  length: number;
  /** Bytes of records that are the newest of their key. */
  live: number;
  /** Number of the last frame. */
  sequence: number;
}

/** Compaction changes the place, never the value. */
export interface Ref {
  in: DataFile;
  at: number;
  readonly length: number;
  readonly entryBytes: number;
  readonly kind: "inline" | "content";
  /** The head of a frame with the checksum of content; with a small value as well, until it is loaded. */
  head: Uint8Array | undefined;
  readonly headAt: number;
}

const refBytes = (ref: Ref): number => ref.entryBytes + (ref.kind === "content" ? ref.length : 0);

export class LogIndex {
  readonly refs = new Map<string, Ref>();

  #loaded = false;

  /** Takes in a frame that stands at `at` of `file`. */
  apply(file: DataFile, head: Pick<FrameHead, "entries" | "bytes">, at: number): void {
    for (const entry of head.entries) this.#applyEntry(file, entry, head.bytes, at);
  }

  /** What a start needs, once: small values, and the lengths of content. */
  *load(): Generator<readonly [key: string, value: Uint8Array | number], void, undefined> {
    this.#loaded = true;
    for (const [key, ref] of this.refs) {
      const { kind, head, headAt, length } = ref;
      if (kind === "content" || head === undefined) yield [key, length];
      else {
        ref.head = undefined;
        yield [key, head.subarray(headAt, headAt + length)];
      }
    }
  }

  /** Moves a record to another file, unless it has been replaced since. */
  moved(key: string, ref: Ref, to: DataFile, at: number): void {
    if (this.refs.get(key) !== ref) return;
    ref.in.live -= refBytes(ref);
    ref.in = to;
    ref.at = at;
    to.live += refBytes(ref);
  }

  #applyEntry(file: DataFile, entry: FrameEntry, bytes: Uint8Array, at: number): void {
    const before = this.refs.get(entry.key);
    if (before) before.in.live -= refBytes(before);
    const { kind, length, entryBytes, headAt } = entry;
    if (kind === "deleted") {
      this.refs.delete(entry.key);
      return;
    }
    const head = kind === "content" || !this.#loaded ? bytes : undefined;
    const ref: Ref = { in: file, at: at + entry.at, length, entryBytes, kind, head, headAt };
    file.live += refBytes(ref);
    this.refs.set(entry.key, ref);
  }
}

/** Bytes of files that hold nothing any more. */
export function deadBytes(files: readonly DataFile[]): number {
  return files.reduce((sum, { length, live }) => sum + length - fileHeaderBytes - live, 0);
}

export function liveBytes(files: readonly DataFile[]): number {
  return files.reduce((sum, { live }) => sum + live, 0);
}
