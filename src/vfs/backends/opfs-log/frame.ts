/**
 * One commit as bytes (docs/storage-format.md): a head with the table of records and all small values, under a checksum,
 * and behind it the content of files, each piece with a checksum of its own in the table. A start reads heads only.
 * @module
 */
import { sameBytes } from "../../../base/bytes/same-bytes.ts";
import { type Checksum, checksumBytes } from "./checksum.ts";
import type { Window } from "./window.ts";

/** "LSF1", little-endian as everything here. */
export const frameMagic = 0x3146534c;
const frameHeaderBytes = 56;
const checksumAt = 40;
const kinds = { inline: 1, content: 2, deleted: 3 } as const;

export interface FrameEntry {
  readonly kind: "inline" | "content" | "deleted";
  readonly key: string;
  /** Bytes of the value; 0 for what was deleted. */
  readonly length: number;
  /** Where the value is, counted from the start of the frame. */
  readonly at: number;
  /** Bytes of the table that the entry takes, its inline value included. */
  readonly entryBytes: number;
  /** Where the head has the checksum of content, or an inline value, which is under the head's own. */
  readonly headAt: number;
}

export interface FrameHead {
  readonly sequence: number;
  readonly headBytes: number;
  readonly contentBytes: number;
  /** In order; of a frame that was read each time anew: tens of thousands need not be in memory together. */
  readonly entries: Iterable<FrameEntry>;
  /** The head itself; inline values are in it. */
  readonly bytes: Uint8Array;
}

export interface FrameRecords {
  /** Small values: whoever loads the store has them at once. */
  readonly inline: ReadonlyArray<readonly [key: string, value: Uint8Array]>;
  /** Values that are read when somebody wants them. */
  readonly content: ReadonlyArray<readonly [key: string, value: Uint8Array]>;
  readonly deletes: readonly string[];
}

export interface EncodedFrame extends FrameHead {
  readonly entries: readonly FrameEntry[];
  /** Head and contents, in order. */
  readonly parts: readonly Uint8Array[];
}

/** @param fileId of the file the frame goes to: a frame that was copied from elsewhere does not count */
export function encodeFrame(records: FrameRecords, fileId: bigint, sequence: number, checksum: Checksum): EncodedFrame {
  let headBytes = frameHeaderBytes;
  for (const [key, value] of records.inline) headBytes += 6 + key.length + value.length;
  for (const [key] of records.content) headBytes += 6 + checksumBytes + key.length;
  for (const key of records.deletes) headBytes += 6 + key.length;
  const bytes = new Uint8Array(headBytes);
  const view = new DataView(bytes.buffer);
  const entries: FrameEntry[] = [];
  let at = frameHeaderBytes;
  let contentAt = headBytes;
  const put = (kind: FrameEntry["kind"], key: string, length: number, check?: Uint8Array): void => {
    if (key.length === 0 || key.length > 255) throw new Error(`a record's key is 1 to 255 ASCII characters: ${key}`);
    const start = at;
    view.setUint8(at, kinds[kind]);
    view.setUint8(at + 1, key.length);
    view.setUint32(at + 2, length, true);
    at += 6;
    const checkAt = at;
    if (check) {
      bytes.set(check, at);
      at += checksumBytes;
    }
    for (let i = 0; i < key.length; i++) bytes[at + i] = key.charCodeAt(i);
    at += key.length;
    const valueAt = kind === "content" ? contentAt : at;
    const entryBytes = at - start + (kind === "inline" ? length : 0);
    entries.push({ kind, key, length, at: valueAt, entryBytes, headAt: check ? checkAt : at });
  };
  for (const [key, value] of records.inline) {
    put("inline", key, value.length);
    bytes.set(value, at);
    at += value.length;
  }
  for (const [key, value] of records.content) {
    put("content", key, value.length, checksum(value));
    contentAt += value.length;
  }
  for (const key of records.deletes) put("deleted", key, 0);
  const contentBytes = contentAt - headBytes;
  view.setUint32(0, frameMagic, true);
  view.setUint32(4, headBytes, true);
  view.setBigUint64(8, BigInt(contentBytes), true);
  view.setBigUint64(16, fileId, true);
  view.setBigUint64(24, BigInt(sequence), true);
  view.setUint32(32, entries.length, true);
  bytes.set(headChecksum(bytes, checksum), checksumAt);
  const parts = [bytes, ...records.content.map(([, value]) => value)];
  return { sequence, headBytes, contentBytes, entries, bytes, parts };
}

/** Undefined where no whole and sound head of this file stands. `end`: where the file's bytes end. */
export function decodeFrame(
  window: Window,
  at: number,
  end: number,
  fileId: bigint,
  checksum: Checksum,
): FrameHead | undefined {
  if (at + frameHeaderBytes > end) return undefined;
  const header = window.bytes(at, frameHeaderBytes);
  if (header === undefined) return undefined;
  const fixed = viewOf(header);
  const headBytes = fixed.getUint32(4, true);
  const contentBytes = Number(fixed.getBigUint64(8, true));
  if (fixed.getUint32(0, true) !== frameMagic || fixed.getBigUint64(16, true) !== fileId) return undefined;
  if (headBytes < frameHeaderBytes || at + headBytes + contentBytes > end) return undefined;
  const bytes = window.bytes(at, headBytes)?.slice();
  if (bytes === undefined) return undefined;
  if (!sameBytes(headChecksum(bytes, checksum), bytes.subarray(checksumAt, checksumAt + checksumBytes))) {
    return undefined;
  }
  const view = viewOf(bytes);
  const count = view.getUint32(32, true);
  const entries = { [Symbol.iterator]: () => decodeEntries(bytes, count) };
  return { sequence: Number(view.getBigUint64(24, true)), headBytes, contentBytes, entries, bytes };
}

function* decodeEntries(bytes: Uint8Array, count: number): Generator<FrameEntry, void, undefined> {
  const view = viewOf(bytes);
  const text = keysOf(bytes, count);
  let at = frameHeaderBytes;
  let contentAt = bytes.length;
  for (let i = 0; i < count; i++) {
    const start = at;
    const code = view.getUint8(at);
    const keyBytes = view.getUint8(at + 1);
    const length = view.getUint32(at + 2, true);
    at += 6;
    const kind = code === kinds.inline ? "inline" : code === kinds.content ? "content" : "deleted";
    const checkAt = at;
    if (kind === "content") at += checksumBytes;
    const key = text(at, at + keyBytes);
    at += keyBytes;
    const valueAt = kind === "content" ? contentAt : at;
    if (kind === "content") contentAt += length;
    if (kind === "inline") at += length;
    const headAt = kind === "content" ? checkAt : valueAt;
    yield { kind, key, length, at: valueAt, entryBytes: at - start, headAt };
  }
}

/** The checksum that the head of a frame has for a piece of content. */
export function contentChecksum(head: Uint8Array, { headAt }: Pick<FrameEntry, "headAt">): Uint8Array {
  return head.subarray(headAt, headAt + checksumBytes);
}

/** From how many on the keys of a frame are cut out of one text: few are quicker one by one than a decoder is called. */
const manyKeys = 16;

function keysOf(bytes: Uint8Array, count: number): (from: number, to: number) => string {
  if (count < manyKeys) return (from, to) => String.fromCharCode(...bytes.subarray(from, to));
  // One character a byte, whatever stands between the keys.
  const text = new TextDecoder("latin1").decode(bytes);
  return (from, to) => text.slice(from, to);
}

/** Of the head without its own checksum. */
function headChecksum(bytes: Uint8Array, checksum: Checksum): Uint8Array {
  return checksum(bytes.subarray(0, checksumAt), bytes.subarray(frameHeaderBytes));
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
