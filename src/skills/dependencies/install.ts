/**
 * Unpacking the exports of a dependency archive (spec engine.md §9.4).
 * @module
 */

import { parentPath } from "../../base/path-text.ts";
import { LuaSkillsError } from "../../errors.ts";
import { type ArchiveLimits, readZip } from "../../vfs/archive.ts";
import type { Vfs } from "../../vfs/interface.ts";
import { reasonText } from "../vfs-text.ts";
import type { DependencyExport, DependencyPackage } from "./manifest.ts";
import { readTarGz } from "./tar.ts";

export interface DependencyArchive {
  readonly bytes: Uint8Array;
  /** Names the archive in messages. */
  readonly file: string;
  readonly type: DependencyPackage["archiveType"];
}

/** Writes every export below `root`. @throws LuaSkillsError `invalid_archive`. */
export function installExports(
  vfs: Vfs,
  root: string,
  archive: DependencyArchive,
  exports: readonly DependencyExport[],
  limits: ArchiveLimits,
): void {
  const content = contentFinder(archive, exports.length, limits);
  // Everything is found before anything is written: a missing member leaves nothing behind.
  const found = exports.map((item) => ({ path: `${root}/${item.targetPath}`, bytes: content(item.archivePath) }));
  for (const { path, bytes } of found) {
    vfs.mkdir(parentPath(path) ?? root, { recursive: true });
    vfs.writeFile(path, bytes);
  }
}

function contentFinder(
  archive: DependencyArchive,
  exportCount: number,
  limits: ArchiveLimits,
): (archivePath: string) => Uint8Array {
  if (archive.type === "raw") {
    if (exportCount !== 1) throw invalid("raw dependency payload must declare exactly one export");
    if (archive.bytes.byteLength > limits.archiveBytes)
      throw invalid(
        `Archive ${archive.file} has ${archive.bytes.byteLength} bytes; limits.archiveBytes is ${limits.archiveBytes}`,
      );
    return () => archive.bytes;
  }
  if (archive.type === "zip") {
    const members = unpacked(archive, "zip", () => readZip(archive.bytes, limits)).filter(
      (member) => !member.isDirectory,
    );
    return (archivePath) => {
      const member = findMember(members, archivePath);
      if (member !== undefined) return member.content;
      throw invalid(
        `Failed to read zip entry '${archivePath}' from ${archive.file}: specified file not found in archive`,
      );
    };
  }
  const members = unpacked(archive, "tar.gz", () => readTarGz(archive.bytes, limits.archiveBytes));
  return (archivePath) => {
    const member = findMember(members, archivePath);
    if (member !== undefined) return member.content;
    throw invalid(`tar.gz archive ${archive.file} does not contain required export '${archivePath}'`);
  };
}

function unpacked<T>(archive: DependencyArchive, what: string, read: () => T): T {
  try {
    return read();
  } catch (thrown) {
    throw invalid(`Failed to read ${what} archive ${archive.file}: ${reasonText(thrown)}`, thrown);
  }
}

/** The exact path, else the path after one leading directory is dropped. */
function findMember<T extends { readonly name: string }>(members: readonly T[], wanted: string): T | undefined {
  const clean = (name: string) => name.replace(/^(\.\/)+/, "");
  return (
    members.find((member) => clean(member.name) === clean(wanted)) ??
    members.find((member) => clean(member.name).replace(/^[^/]*\//, "") === clean(wanted))
  );
}

function invalid(message: string, cause?: unknown): LuaSkillsError {
  return new LuaSkillsError("invalid_archive", message, cause === undefined ? {} : { cause });
}
