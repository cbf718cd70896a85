/**
 * The rules on skill package archives (spec engine.md §8.8) on top of the zip rules of vfs/archive, and their unpacking.
 * @module
 */

import { parentPath } from "../../base/path-text.ts";
import { LuaSkillsError } from "../../errors.ts";
import { type ArchiveLimits, readZip, type ZipEntry } from "../../vfs/archive.ts";
import type { Vfs } from "../../vfs/interface.ts";

export interface SkillPackage {
  /** The bytes of `skill.yaml`. */
  readonly manifest: Uint8Array;
  /** Content by name within the package. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** Writes `<folder>/<skill id>/…`. */
  extract(vfs: Vfs, folder: string): void;
}

export interface PackageOptions {
  /** The user's own file: what file managers add to a zip is left out. */
  readonly dropped?: boolean;
}

/** What file managers put beside what was meant: Finder's "Compress" and the Explorer's hidden files. */
const litter = [".ds_store", "thumbs.db", "desktop.ini"];

function isLitter(name: string): boolean {
  const parts = name.split("/");
  return parts[0] === "__MACOSX" || parts.some((part) => litter.includes(part.toLowerCase()) || part.startsWith("._"));
}

/** Checks every member. @throws LuaSkillsError `invalid_archive` with the texts of §8.8. `file` names the archive. */
export function openSkillPackage(
  bytes: Uint8Array,
  file: string,
  skillId: string,
  limits: ArchiveLimits,
  { dropped = false }: PackageOptions = {},
): SkillPackage {
  const all = namingThePackage(file, () => readZip(bytes, limits));
  const entries = dropped ? all.filter(({ name }) => !isLitter(name)) : all;
  const stranger = entries.map(topFolder).find((top) => top !== skillId);
  if (stranger !== undefined)
    throw invalid(
      `Skill package ${file} must contain only the top-level directory '${skillId}', but found '${stranger}'`,
      file,
    );
  const manifest = entries.find((entry) => !entry.isDirectory && entry.name === `${skillId}/skill.yaml`);
  if (manifest === undefined) throw invalid(`Skill package ${file} does not contain ${skillId}/skill.yaml`, file);
  return {
    manifest: manifest.content,
    files: new Map(
      entries
        .filter((entry) => !entry.isDirectory)
        .map(({ name, content }) => [name.slice(skillId.length + 1), content]),
    ),
    extract(vfs, folder) {
      for (const { name, isDirectory, content } of entries) {
        const path = `${folder}/${name.replace(/\/$/, "")}`;
        vfs.mkdir(isDirectory ? path : (parentPath(path) ?? folder), { recursive: true });
        if (!isDirectory) vfs.writeFile(path, content);
      }
    },
  };
}

/** The one top-level directory of an archive whose skill id nobody named. @throws LuaSkillsError `invalid_archive`. */
export function skillIdOfPackage(bytes: Uint8Array, file: string, limits: ArchiveLimits): string {
  const tops = new Set<string>();
  const wanted = (name: string) => {
    // Only a file that the user brings has an id that nobody named.
    if (!isLitter(name)) tops.add(topFolder({ name }));
    return false;
  };
  namingThePackage(file, () => readZip(bytes, limits, { wanted }));
  const [only, ...others] = tops;
  if (only !== undefined && others.length === 0) return only;
  const found = only === undefined ? "nothing" : `'${[...tops].join("', '")}'`;
  throw invalid(
    `Skill package ${file} must contain exactly one top-level directory, named like the skill, but found ${found}`,
    file,
  );
}

/** Faults of one entry have texts of their own (§8.8); `data` says which archive the others are about. */
function namingThePackage<T>(file: string, read: () => T): T {
  try {
    return read();
  } catch (thrown) {
    const error = LuaSkillsError.from(thrown, "invalid_archive");
    if (error.data.entry !== undefined) throw error;
    throw new LuaSkillsError(error.code, `Failed to open zip archive: ${error.message}`, {
      data: { file },
      cause: thrown,
    });
  }
}

function topFolder({ name }: Pick<ZipEntry, "name">): string {
  return name.slice(0, `${name}/`.indexOf("/"));
}

function invalid(message: string, file: string): LuaSkillsError {
  return new LuaSkillsError("invalid_archive", message, { data: { file } });
}
