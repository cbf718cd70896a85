/**
 * Reading a zip under limits. Nothing outside the limits is ever held in memory: sizes are checked while inflating.
 * @module
 */
import { Inflate } from "fflate";
import { crc32 } from "../../base/bytes/crc32.ts";
import type { Limits } from "../../limits.ts";
import { ArchivePlaces } from "./archive-places.ts";
import { invalidArchive, invalidEntry, readZipDirectory, type ZipEntryHeader } from "./zip-directory.ts";

export type ArchiveLimits = Pick<Limits, "archiveEntries" | "archiveBytes">;

export interface ZipEntry {
  /** Relative, with `/`, without `.` and `..`; directories end in `/`. */
  readonly name: string;
  readonly isDirectory: boolean;
  /** Empty for directories. A symlink is a file holding its target (engine.md §8.8). */
  readonly content: Uint8Array;
}

export interface ReadZipOptions {
  /** Entries it refuses are checked like all others but not inflated and not returned. */
  readonly wanted?: (name: string) => boolean;
}

/**
 * Every entry of a zip, checked: no traversal, no absolute names, no name twice, no more entries and bytes than allowed,
 * every checksum right.
 * @throws LuaSkillsError `invalid_archive` with the texts of engine.md §8.8
 */
export function readZip(bytes: Uint8Array, limits: ArchiveLimits, options: ReadZipOptions = {}): ZipEntry[] {
  const headers = readZipDirectory(bytes, limits.archiveEntries);
  for (const header of headers) checkName(header);
  const out: ZipEntry[] = [];
  const places = new ArchivePlaces(limits.archiveEntries);
  let left = limits.archiveBytes;
  for (const header of headers) {
    const name = foldName(header.name);
    if (name === "") continue;
    places.add(name, header.storedName);
    if (options.wanted?.(name) === false) continue;
    const content = header.isDirectory ? new Uint8Array(0) : unpack(header, left, limits.archiveBytes);
    left -= content.length;
    out.push({ name, isDirectory: header.isDirectory, content });
  }
  return out;
}

function checkName({ name, storedName }: ZipEntryHeader): void {
  if (name.split("/").includes("..")) {
    throw invalidEntry(storedName, "must not contain parent-directory traversal");
  }
  if (name.startsWith("/") || /^[A-Za-z]:/.test(name)) {
    throw invalidEntry(storedName, "must not use an absolute path");
  }
  if (name.includes("\0")) throw invalidEntry(storedName.replaceAll("\0", "\\0"), "contains a NUL byte");
}

function foldName(name: string): string {
  const folded = name
    .split("/")
    .filter((part) => part !== "" && part !== ".")
    .join("/");
  return name.endsWith("/") && folded !== "" ? `${folded}/` : folded;
}

function unpack(header: ZipEntryHeader, left: number, limit: number): Uint8Array {
  const tooLarge = (): Error => invalidArchive(`the archive unpacks to more than ${limit} bytes (limits.archiveBytes)`);
  if (header.size > left) throw tooLarge();
  const content = header.method === "stored" ? header.compressed.slice() : inflate(header, tooLarge);
  if (content.length !== header.size || crc32(content) !== header.crc32) {
    throw invalidEntry(header.name, "is damaged: its size or checksum does not match");
  }
  return content;
}

/** In pieces, so that an entry that claims one size and unpacks to a thousand times that stops at its claim. */
function inflate(header: ZipEntryHeader, tooLarge: () => Error): Uint8Array {
  const out = new Uint8Array(header.size);
  let at = 0;
  let overflow = false;
  const stream = new Inflate((chunk) => {
    if (at + chunk.length > out.length) {
      overflow = true;
      return;
    }
    out.set(chunk, at);
    at += chunk.length;
  });
  const step = 16 * 1024;
  try {
    for (let from = 0; !overflow && (from === 0 || from < header.compressed.length); from += step) {
      stream.push(header.compressed.subarray(from, from + step), from + step >= header.compressed.length);
    }
  } catch (error) {
    throw invalidEntry(header.name, `is damaged: ${(error as Error).message}`, error);
  }
  if (overflow) throw tooLarge();
  return out.subarray(0, at);
}
