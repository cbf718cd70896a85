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
  /** Of content; a small value has none of its own. */
  readonly checksum: Uint8Array | undefined;
}

const refBytes = (ref: Ref): number => ref.entryBytes + (ref.checksum ? ref.length : 0);

export class LogIndex {
  readonly refs = new Map<string, Ref>();

  /** Takes in a frame that stands at `at` of `file`. */
  apply(file: DataFile, head: Pick<FrameHead, "entries">, at: number): void {
    for (const entry of head.entries) this.#applyEntry(file, entry, at);
  }

  /** Moves a record to another file, unless it has been replaced since. */
  moved(key: string, ref: Ref, to: DataFile, at: number): void {
    if (this.refs.get(key) !== ref) return;
    ref.in.live -= refBytes(ref);
    ref.in = to;
    ref.at = at;
    to.live += refBytes(ref);
  }

  #applyEntry(file: DataFile, entry: FrameEntry, at: number): void {
    const before = this.refs.get(entry.key);
    if (before) before.in.live -= refBytes(before);
    if (entry.kind === "deleted") {
      this.refs.delete(entry.key);
      return;
    }
    const { length, entryBytes, checksum } = entry;
    const ref: Ref = { in: file, at: at + entry.at, length, entryBytes, checksum };
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
