/**
 * A file of the log: a header that says what it is, then frames numbered from 1 without a gap.
 * @module
 */
import { sameBytes } from "../../../base/bytes/same-bytes.ts";
import { type Checksum, checksumBytes } from "./checksum.ts";
import { type LogFile, readFully } from "./files.ts";
import { contentChecksum, decodeFrame, type FrameHead, frameMagic, viewOf } from "./frame.ts";
import { Window } from "./window.ts";

/** The format's version, in every file. */
export const logVersion = 1;
export const fileHeaderBytes = 64;
const magic = new TextEncoder().encode("LSWLOG\r\n");
const checksumAt = 32;

export function encodeFileHeader(id: bigint, epoch: number, checksum: Checksum): Uint8Array {
  const out = new Uint8Array(fileHeaderBytes);
  const view = viewOf(out);
  out.set(magic);
  view.setUint32(8, logVersion, true);
  view.setBigUint64(16, id, true);
  view.setBigUint64(24, BigInt(epoch), true);
  out.set(checksum(out.subarray(0, checksumAt)), checksumAt);
  return out;
}

/** The id of a file whose header is whole. */
export function readFileHeader(file: LogFile, checksum: Checksum): bigint | undefined {
  const bytes = new Uint8Array(fileHeaderBytes);
  if (readFully(file, bytes, 0) < fileHeaderBytes || !sameBytes(bytes.subarray(0, magic.length), magic))
    return undefined;
  const found = bytes.subarray(checksumAt, checksumAt + checksumBytes);
  if (!sameBytes(checksum(bytes.subarray(0, checksumAt)), found)) return undefined;
  return viewOf(bytes).getBigUint64(16, true);
}

export interface Damage {
  readonly file: string;
  /** Offset of the first byte that cannot be used. */
  readonly at: number;
  /** Bytes up to the next sound frame, or to the end. */
  readonly bytes: number;
  readonly what: string;
}

export interface ScanOptions {
  readonly name: string;
  readonly id: bigint;
  /** Known length of a file nobody may write any more; undefined: the file of the last owner, which may end torn. */
  readonly sealed: number | undefined;
  readonly checksum: Checksum;
  frame(head: FrameHead, at: number): void;
  /** Called for bytes that were acknowledged and cannot be read. The scan goes on behind them. */
  damage(damage: Damage): void;
}

export interface Scanned {
  /** Where the next frame goes. */
  readonly end: number;
  /** The number the last frame has. */
  readonly sequence: number;
}

/**
 * Reads the heads of all frames. What stands behind the last sound frame of an open file was never acknowledged: a tear.
 * Damage before a sound frame, or below a sealed length, is reported.
 */
export function scanFrames(file: LogFile, options: ScanOptions): Scanned {
  const { id, checksum, sealed } = options;
  const size = file.size;
  const end = Math.min(size, sealed ?? size);
  const window = new Window(file);
  let at = fileHeaderBytes;
  let sequence = 0;
  let last: { head: FrameHead; at: number } | undefined;
  const settle = (): void => {
    if (last) options.frame(last.head, last.at);
    last = undefined;
  };
  while (at < end) {
    const head = decodeFrame(window, at, end, id, checksum);
    if (head?.sequence === sequence + 1) {
      settle();
      last = { head, at };
      at += head.headBytes + head.contentBytes;
      sequence++;
      continue;
    }
    const next = findFrame(window, at, end, id, sequence, checksum);
    if (next === undefined && sealed === undefined) break;
    const until = next?.at ?? end;
    options.damage({ file: options.name, at, bytes: until - at, what: "a frame that cannot be read" });
    if (next === undefined) break;
    settle();
    at = next.at;
    sequence = next.sequence - 1;
  }
  if (sealed !== undefined && size < sealed) {
    options.damage({ file: options.name, at: size, bytes: sealed - size, what: "the end of the file is missing" });
  }
  // Only the last frame of an open file can be half there: each one before it was flushed before the next was begun.
  if (last && sealed === undefined && !contentIsWhole(window, last.head, last.at, checksum)) {
    return { end: last.at, sequence: sequence - 1 };
  }
  settle();
  return { end: sealed ?? at, sequence };
}

/** Whether all content of a frame has the checksums its head wants. */
function contentIsWhole(window: Window, head: FrameHead, at: number, checksum: Checksum): boolean {
  for (const entry of head.entries) {
    if (entry.kind !== "content") continue;
    const bytes = window.bytes(at + entry.at, entry.length);
    if (!bytes || !sameBytes(checksum(bytes), contentChecksum(head.bytes, entry))) return false;
  }
  return true;
}

const stepBytes = 2 ** 20;

/** The next sound frame behind `from`, with a higher number than `after`. */
function findFrame(
  window: Window,
  from: number,
  end: number,
  id: bigint,
  after: number,
  checksum: Checksum,
): { at: number; sequence: number } | undefined {
  for (let start = from + 1; start + 4 <= end; start += stepBytes) {
    const step = window.bytes(start, Math.min(stepBytes + 3, end - start))?.slice();
    if (step === undefined) return undefined;
    for (let i = step.indexOf(frameMagic & 255); i !== -1 && i < stepBytes; i = step.indexOf(frameMagic & 255, i + 1)) {
      if (i + 4 > step.length || viewOf(step).getUint32(i, true) !== frameMagic) continue;
      const head = decodeFrame(window, start + i, end, id, checksum);
      if (head && head.sequence > after) return { at: start + i, sequence: head.sequence };
    }
  }
  return undefined;
}
