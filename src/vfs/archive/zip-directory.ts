/**
 * The central directory of a zip. fflate inflates; it neither says what kind an entry is nor checks sizes and sums, so
 * the directory is read here. Zip64 and encryption are refused: no package needs them.
 * @module
 */
import { LuaSkillsError } from "../../errors.ts";

export interface ZipEntryHeader {
  readonly storedName: string;
  /** As stored, with `\` read as `/`. */
  readonly name: string;
  readonly isDirectory: boolean;
  readonly method: "stored" | "deflated";
  readonly compressed: Uint8Array;
  /** Bytes when unpacked, as the archive claims. */
  readonly size: number;
  readonly crc32: number;
  /** Where its local header begins and its data ends. */
  readonly from: number;
  readonly to: number;
}

const endSignature = 0x06054b50;
const entrySignature = 0x02014b50;
const localSignature = 0x04034b50;
const endBytes = 22;
const unsetSize = 0xffffffff;

/** @throws LuaSkillsError `invalid_archive` */
export function readZipDirectory(bytes: Uint8Array, maxEntries: number): ZipEntryHeader[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = findEnd(view);
  const count = view.getUint16(end + 10, true);
  const start = view.getUint32(end + 16, true);
  if (count > maxEntries) {
    throw invalidArchive(`the archive has ${count} entries; at most ${maxEntries} are allowed (limits.archiveEntries)`);
  }
  if (count === 0xffff || start === unsetSize) throw invalidArchive("zip64 archives are not supported");
  const out: ZipEntryHeader[] = [];
  let at = start;
  for (let i = 0; i < count; i++) {
    if (at + 46 > end || view.getUint32(at, true) !== entrySignature) throw truncated();
    const nameLength = view.getUint16(at + 28, true);
    const next = at + 46 + nameLength + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
    if (next > end) throw truncated();
    out.push(readEntry(bytes, view, at, nameLength));
    at = next;
  }
  refuseOverlaps(out);
  return out;
}

/** Entries that share bytes make a small archive unpack to any size. */
function refuseOverlaps(entries: readonly ZipEntryHeader[]): void {
  let end = 0;
  for (const { from, to, storedName } of [...entries].sort((a, b) => a.from - b.from)) {
    if (from < end) throw invalidArchive(`Zip entry '${storedName}' shares bytes with another one`);
    end = to;
  }
}

function readEntry(bytes: Uint8Array, view: DataView, at: number, nameLength: number): ZipEntryHeader {
  const flags = view.getUint16(at + 8, true);
  const storedName = entryName(bytes.subarray(at + 46, at + 46 + nameLength), (flags & 0x800) !== 0);
  const name = storedName.replaceAll("\\", "/");
  const method = view.getUint16(at + 10, true);
  if ((flags & 1) !== 0) throw invalidArchive(`entry '${name}' is encrypted`);
  if (method !== 0 && method !== 8) {
    throw invalidArchive(
      `entry '${name}' uses compression method ${method}; only stored and deflated entries are read`,
    );
  }
  const compressedSize = view.getUint32(at + 20, true);
  const size = view.getUint32(at + 24, true);
  const local = view.getUint32(at + 42, true);
  if ([compressedSize, size, local].includes(unsetSize)) throw invalidArchive("zip64 archives are not supported");
  if (local + 30 > bytes.length || view.getUint32(local, true) !== localSignature) throw truncated();
  const data = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
  if (data + compressedSize > bytes.length) throw truncated();
  return {
    storedName,
    name,
    isDirectory: name.endsWith("/"),
    method: method === 0 ? "stored" : "deflated",
    compressed: bytes.subarray(data, data + compressedSize),
    size,
    crc32: view.getUint32(at + 16, true),
    from: local,
    to: data + compressedSize,
  };
}

/** The end record stands before a comment of at most 65,535 bytes. */
function findEnd(view: DataView): number {
  for (let at = view.byteLength - endBytes; at >= Math.max(0, view.byteLength - endBytes - 0xffff); at--) {
    if (view.getUint32(at, true) === endSignature) return at;
  }
  throw invalidArchive("this is not a zip archive, or its end is missing");
}

/** Names without the UTF-8 flag are CP437 by the book and UTF-8 in practice; bytes that are neither become Latin-1. */
function entryName(bytes: Uint8Array, isUtf8: boolean): string {
  try {
    return new TextDecoder("utf-8", { fatal: !isUtf8 }).decode(bytes);
  } catch {
    return Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  }
}

const truncated = (): LuaSkillsError => invalidArchive("the archive is damaged or cut off");

export function invalidArchive(message: string, cause?: unknown): LuaSkillsError {
  return new LuaSkillsError("invalid_archive", message, { cause });
}
