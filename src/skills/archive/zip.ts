/**
 * Members of a zip archive, within the limits on packages. The central directory is read and checked here, so that nothing
 * is unpacked before the whole list is known; fflate inflates, and every member's CRC-32 is verified.
 * @module
 */
import { inflateSync } from "fflate";
import { LuaSkillsError } from "../../errors.ts";
import type { Limits } from "../../limits.ts";
import { crc32 } from "./crc32.ts";

export type ArchiveLimits = Pick<Limits, "archiveEntries" | "archiveBytes">;

export interface ZipMember {
  /** With `\` turned into `/`; a directory's name ends in `/`. */
  readonly name: string;
  readonly directory: boolean;
  /** Bytes when unpacked, as declared; {@link read} fails when that is not true. */
  readonly size: number;
  /** @throws LuaSkillsError `invalid_archive`. */
  read(): Uint8Array;
}

const endSignature = 0x06054b50;
const entrySignature = 0x02014b50;
const localSignature = 0x04034b50;

/** Every member in archive order; nothing is unpacked yet. `file` names the archive in messages. */
export function openZip(bytes: Uint8Array, file: string, limits: ArchiveLimits): ZipMember[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = findEnd(view);
  if (end === undefined) throw invalid(`Failed to open zip archive ${file}: no end of central directory record`);
  const count = view.getUint16(end + 10, true);
  const start = view.getUint32(end + 16, true);
  if (count === 0xffff || start === 0xffffffff)
    throw invalid(`Failed to open zip archive ${file}: zip64 is not supported`);
  if (count > limits.archiveEntries)
    throw invalid(`Archive ${file} has ${count} entries; limits.archiveEntries is ${limits.archiveEntries}`);
  const members: ZipMember[] = [];
  let total = 0;
  let at = start;
  for (let i = 0; i < count; i++) {
    if (at + 46 > view.byteLength || view.getUint32(at, true) !== entrySignature)
      throw invalid(`Failed to open zip archive ${file}: broken central directory`);
    const entry = readEntry(bytes, view, at);
    total += entry.size;
    if (total > limits.archiveBytes)
      throw invalid(`Archive ${file} unpacks to more than ${limits.archiveBytes} bytes (limits.archiveBytes)`);
    members.push({
      name: entry.name,
      directory: entry.name.endsWith("/"),
      size: entry.size,
      read: () => unpack(bytes, view, entry, file),
    });
    at = entry.next;
  }
  return members;
}

interface DirectoryEntry {
  readonly name: string;
  readonly flags: number;
  readonly method: number;
  readonly crc: number;
  readonly packed: number;
  readonly size: number;
  readonly local: number;
  readonly next: number;
}

function readEntry(bytes: Uint8Array, view: DataView, at: number): DirectoryEntry {
  const nameLength = view.getUint16(at + 28, true);
  const flags = view.getUint16(at + 8, true);
  const name = bytes.subarray(at + 46, at + 46 + nameLength);
  return {
    name: decodeName(name, (flags & 0x800) !== 0).replaceAll("\\", "/"),
    flags,
    method: view.getUint16(at + 10, true),
    crc: view.getUint32(at + 16, true),
    packed: view.getUint32(at + 20, true),
    size: view.getUint32(at + 24, true),
    local: view.getUint32(at + 42, true),
    next: at + 46 + nameLength + view.getUint16(at + 30, true) + view.getUint16(at + 32, true),
  };
}

function unpack(bytes: Uint8Array, view: DataView, entry: DirectoryEntry, file: string): Uint8Array {
  const fault = (detail: string, cause?: unknown) =>
    new LuaSkillsError("invalid_archive", `Failed to read zip entry '${entry.name}' from ${file}: ${detail}`, {
      cause,
    });
  if ((entry.flags & 1) !== 0) throw fault("encrypted members are not supported");
  if (entry.local + 30 > view.byteLength || view.getUint32(entry.local, true) !== localSignature)
    throw fault("broken local header");
  const start = entry.local + 30 + view.getUint16(entry.local + 26, true) + view.getUint16(entry.local + 28, true);
  const packed = bytes.subarray(start, start + entry.packed);
  if (packed.byteLength !== entry.packed) throw fault("unexpected end of the archive");
  let content: Uint8Array;
  if (entry.method === 0) content = packed.slice();
  else if (entry.method === 8) {
    try {
      // A fixed output buffer: a member that lies about its size cannot make us allocate more than it declared.
      content = inflateSync(packed, { out: new Uint8Array(entry.size) });
    } catch (thrown) {
      throw fault(thrown instanceof Error ? thrown.message : String(thrown), thrown);
    }
  } else throw fault(`compression method ${entry.method} is not supported; only stored and deflated members are`);
  if (content.byteLength !== entry.size || crc32(content) !== entry.crc) throw fault("checksum or size does not match");
  return content;
}

/** The record is the last thing in the file but for a comment of at most 65,535 bytes. */
function findEnd(view: DataView): number | undefined {
  for (let at = view.byteLength - 22; at >= 0 && at >= view.byteLength - 22 - 0xffff; at--) {
    if (view.getUint32(at, true) === endSignature) return at;
  }
  return undefined;
}

/** Without the UTF-8 flag archives carry UTF-8 all the same, or some code page nobody names: bytes then. */
function decodeName(bytes: Uint8Array, utf8: boolean): string {
  try {
    return new TextDecoder("utf-8", { fatal: !utf8 }).decode(bytes);
  } catch {
    return Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  }
}

function invalid(message: string): LuaSkillsError {
  return new LuaSkillsError("invalid_archive", message);
}
