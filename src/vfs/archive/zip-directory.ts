/**
 * The central directory of a zip. fflate inflates; it neither says what kind an entry is nor checks sizes and sums, so
 * the directory is read here. Encryption is refused.
 * @module
 */
import { LuaSkillsError } from "../../errors.ts";
import { entryName, unicodePathField } from "./entry-name.ts";
import { extraFields, inZip64, wideValues } from "./extra-fields.ts";

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
const wideEndSignature = 0x06064b50;
const wideLocatorSignature = 0x07064b50;
const wideLocatorBytes = 20;
const wideEndBytes = 56;
/** How files begin that are taken for zips. */
const kinds: readonly [begin: string, kind: string][] = [
  ["7z\xbc\xaf", "a 7z archive"],
  ["Rar!", "a RAR archive"],
  ["\x1f\x8b", "a gzip file (.tar.gz)"],
  ["BZh", "a bzip2 file"],
  ["\xfd7zXZ", "an xz file"],
  ["<", "a text in HTML or XML, perhaps an error page"],
  ["{", "a text in JSON"],
];

/** @throws LuaSkillsError `invalid_archive` */
export function readZipDirectory(bytes: Uint8Array, maxEntries: number): ZipEntryHeader[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = findEnd(view);
  const before = bytesBefore(view, end);
  if (before > 0) return readZipDirectory(bytes.subarray(before), maxEntries);
  const { count, start } = readEnd(view, end);
  if (count > maxEntries) {
    throw invalidArchive(`the archive has ${count} entries; at most ${maxEntries} are allowed (limits.archiveEntries)`);
  }
  const out: ZipEntryHeader[] = [];
  let at = start;
  for (let i = 0; i < count; i++) {
    if (at + 46 > end || view.getUint32(at, true) !== entrySignature) throw truncated();
    const nameLength = view.getUint16(at + 28, true);
    const extraLength = view.getUint16(at + 30, true);
    const next = at + 46 + nameLength + extraLength + view.getUint16(at + 32, true);
    if (next > end) throw truncated();
    out.push(readEntry(bytes, view, at, nameLength, extraLength));
    at = next;
  }
  refuseOverlaps(out);
  return out;
}

/** Entries that share bytes make a small archive unpack to any size. */
function refuseOverlaps(entries: readonly ZipEntryHeader[]): void {
  let end = 0;
  for (const { from, to, storedName } of [...entries].sort((a, b) => a.from - b.from)) {
    if (from < end) throw invalidEntry(storedName, "shares bytes with another one");
    end = to;
  }
}

function readEntry(
  bytes: Uint8Array,
  view: DataView,
  at: number,
  nameLength: number,
  extraLength: number,
): ZipEntryHeader {
  const flags = view.getUint16(at + 8, true);
  const extra = at + 46 + nameLength;
  const fields = extraFields(bytes.subarray(extra, extra + extraLength));
  const stored = bytes.subarray(at + 46, extra);
  const storedName = entryName(stored, (flags & 0x800) !== 0, fields.get(unicodePathField));
  const name = storedName.replaceAll("\\", "/");
  const method = view.getUint16(at + 10, true);
  if ((flags & 1) !== 0) throw invalidArchive(`entry '${name}' is encrypted`);
  if (method !== 0 && method !== 8) {
    throw invalidArchive(
      `entry '${name}' uses compression method ${method}; only stored and deflated entries are read`,
    );
  }
  const narrow = [24, 20, 42].map((offset) => view.getUint32(at + offset, true));
  const [size = inZip64, compressedSize = inZip64, local = inZip64] = wideValues(narrow, fields) ?? [];
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

/** The end record stands before a comment of at most 65,535 bytes, which may look like one itself: its length tells. */
function findEnd(view: DataView): number {
  let last: number | undefined;
  for (let at = view.byteLength - endBytes; at >= Math.max(0, view.byteLength - endBytes - 0xffff); at--) {
    if (view.getUint32(at, true) !== endSignature) continue;
    if (at + endBytes + view.getUint16(at + 20, true) === view.byteLength) return at;
    last ??= at;
  }
  if (last !== undefined) return last;
  const begin = String.fromCharCode(...new Uint8Array(view.buffer, view.byteOffset, Math.min(6, view.byteLength)));
  const kind = view.byteLength === 0 ? "nothing" : kinds.find(([each]) => begin.startsWith(each))?.[1];
  const found = kind === undefined ? "" : ` (found ${kind})`;
  throw invalidArchive(`this is not a zip archive, or its end is missing${found}`);
}

/** Something was put in front of a zip, a program that unpacks it for example, and its offsets do not count that. */
function bytesBefore(view: DataView, end: number): number {
  const [size, start] = [view.getUint32(end + 12, true), view.getUint32(end + 16, true)];
  const before = end - size - start;
  if (before <= 0 || view.getUint32(start, true) === entrySignature) return 0;
  return view.getUint32(end - size, true) === entrySignature ? before : 0;
}

/** How many entries there are and where their list begins: in the zip64 record where there is one. */
function readEnd(view: DataView, end: number): { count: number; start: number } {
  const locator = end - wideLocatorBytes;
  if (locator >= 0 && view.getUint32(locator, true) === wideLocatorSignature) {
    const wide = Number(view.getBigUint64(locator + 8, true));
    if (wide + wideEndBytes > locator || view.getUint32(wide, true) !== wideEndSignature) throw truncated();
    return { count: Number(view.getBigUint64(wide + 32, true)), start: Number(view.getBigUint64(wide + 48, true)) };
  }
  return { count: view.getUint16(end + 10, true), start: view.getUint32(end + 16, true) };
}

const truncated = (): LuaSkillsError => invalidArchive("the archive is damaged or cut off");

export function invalidArchive(message: string): LuaSkillsError {
  return new LuaSkillsError("invalid_archive", message);
}

/** A fault of one entry, whose name `data.entry` tells: its text stands for itself (engine.md §8.8). */
export function invalidEntry(entry: string, what: string, cause?: unknown): LuaSkillsError {
  return new LuaSkillsError("invalid_archive", `Zip entry '${entry}' ${what}`, { data: { entry }, cause });
}
