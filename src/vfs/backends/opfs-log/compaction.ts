/**
 * Writing what still counts of several files into one, in slices between which calls run.
 * @module
 */
import { sameBytes } from "../../../base/bytes/same-bytes.ts";
import type { Checksum } from "./checksum.ts";
import { unreadable } from "./corrupt.ts";
import { writeParts } from "./files.ts";
import { contentChecksum, decodeFrame, encodeFrame } from "./frame.ts";
import { fileHeaderBytes } from "./log-file.ts";
import { type DataFile, deadBytes, type LogIndex, liveBytes, type Ref } from "./log-index.ts";
import { Window } from "./window.ts";

/** Files a start has to open beside the packs. */
const filesKept = 4;
/** At least, when there are more: with the pack they become and the file begun for commits that is one less. */
const filesMerged = 3;
const sliceBytes = 2 ** 20;
/** Between flushes; one flush of all would hold a call up for as long as the disk takes. */
const flushBytes = 4 * 2 ** 20;

/**
 * The first file to be rewritten together with all behind it; undefined when nothing is to be done. All of them once
 * `threshold` bytes and more than what counts are dead; else so many that few files are left, small ones before large ones.
 */
export function compactFrom(files: readonly DataFile[], threshold: number): number | undefined {
  const dead = deadBytes(files);
  if (dead > threshold && dead > liveBytes(files)) return 0;
  if (files.length <= filesKept) return undefined;
  let start = files.length - 1;
  let size = files[start]?.length ?? 0;
  while (start > 0 && (files[start - 1]?.length ?? 0) <= 2 * size) {
    start--;
    size += files[start]?.length ?? 0;
  }
  // Sizes that fall steeply leave many files all the same; they are small then.
  return Math.min(start, files.length - filesMerged);
}

export interface Move {
  readonly key: string;
  readonly ref: Ref;
  readonly at: number;
}

export interface CopyOptions {
  readonly checksum: Checksum;
  /** Nothing older than the files lies before them: what they delete needs no mention. */
  readonly whole: boolean;
  /** A turn of the event loop. */
  pause(): Promise<void>;
  /** Throws when the log is closed. */
  proceed(): void;
}

/** Copies into `pack`, whose length and sequence grow. Answers what is where now. @throws LuaSkillsError `storage_corrupt` */
export async function copyLive(
  victims: readonly DataFile[],
  pack: DataFile,
  index: LogIndex,
  options: CopyOptions,
): Promise<Move[]> {
  const { checksum } = options;
  const moves: Move[] = [];
  const slice = new Slice();
  let unflushed = 0;
  const write = async (): Promise<void> => {
    const frame = encodeFrame(slice, pack.id, pack.sequence + 1, checksum);
    const written = writeParts(pack.file, frame.parts, pack.length);
    for (const [i, { key, ref }] of slice.refs.entries()) {
      moves.push({ key, ref, at: pack.length + (frame.entries[i]?.at ?? 0) });
    }
    pack.length += written;
    pack.sequence++;
    unflushed += written;
    slice.clear();
    if (unflushed >= flushBytes) {
      pack.file.flush();
      unflushed = 0;
    }
    await options.pause();
    options.proceed();
  };
  for (const victim of victims) {
    const window = new Window(victim.file);
    for (let at = fileHeaderBytes; at < victim.length; ) {
      const head = decodeFrame(window, at, victim.length, victim.id, checksum);
      if (head === undefined) throw unreadable(victim.name, at);
      for (const entry of head.entries) {
        const ref = index.refs.get(entry.key);
        if (entry.kind === "deleted") {
          if (!options.whole && ref === undefined) slice.gone.add(entry.key);
          continue;
        }
        if (ref?.in !== victim || ref.at !== at + entry.at) continue;
        if (entry.kind === "inline") {
          slice.addInline(entry.key, ref, head.bytes.subarray(entry.at, entry.at + entry.length));
        } else {
          const value = window.bytes(at + entry.at, entry.length)?.slice();
          if (!value || !sameBytes(checksum(value), contentChecksum(head.bytes, entry))) {
            throw unreadable(victim.name, at + entry.at, entry.key);
          }
          slice.addContent(entry.key, ref, value);
        }
        if (slice.bytes >= sliceBytes) await write();
      }
      at += head.headBytes + head.contentBytes;
    }
  }
  if (slice.refs.length > 0 || slice.gone.size > 0) await write();
  pack.file.flush();
  return moves;
}

/** One frame in the making. Inline values come first in a frame, so their places come first, too. */
class Slice {
  inline: Array<readonly [string, Uint8Array]> = [];
  content: Array<readonly [string, Uint8Array]> = [];
  readonly gone = new Set<string>();
  #inlineRefs: Array<{ key: string; ref: Ref }> = [];
  #contentRefs: Array<{ key: string; ref: Ref }> = [];
  bytes = 0;

  get refs(): ReadonlyArray<{ key: string; ref: Ref }> {
    return [...this.#inlineRefs, ...this.#contentRefs];
  }

  get deletes(): readonly string[] {
    return [...this.gone];
  }

  addInline(key: string, ref: Ref, value: Uint8Array): void {
    this.inline.push([key, value]);
    this.#inlineRefs.push({ key, ref });
    this.bytes += value.length;
  }

  addContent(key: string, ref: Ref, value: Uint8Array): void {
    this.content.push([key, value]);
    this.#contentRefs.push({ key, ref });
    this.bytes += value.length;
  }

  clear(): void {
    this.inline = [];
    this.content = [];
    this.#inlineRefs = [];
    this.#contentRefs = [];
    this.gone.clear();
    this.bytes = 0;
  }
}
