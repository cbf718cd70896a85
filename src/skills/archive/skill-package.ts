/**
 * The rules on skill package archives (spec engine.md §8.8), and their unpacking.
 * @module
 */
import { LuaSkillsError } from "../../errors.ts";
import type { Vfs } from "../../vfs/interface.ts";
import { parentPath } from "../skill-path.ts";
import { type ArchiveLimits, openZip, type ZipMember } from "./zip.ts";

export interface SkillPackage {
  /** Writes `<folder>/<skill id>/…`. Nothing is written when the archive breaks a rule. */
  extract(vfs: Vfs, folder: string): void;
}

/** Checks every member. @throws LuaSkillsError `invalid_archive` with the texts of §8.8. `file` names the archive. */
export function openSkillPackage(
  bytes: Uint8Array,
  file: string,
  skillId: string,
  limits: ArchiveLimits,
): SkillPackage {
  const members = openZip(bytes, file, limits).map((member) => ({ member, parts: memberPath(member) }));
  for (const { parts } of members) {
    const top = parts[0];
    if (top !== undefined && top !== skillId)
      throw invalid(`Skill package ${file} must contain only the top-level directory '${skillId}', but found '${top}'`);
  }
  const isManifest = (parts: string[]) => parts.length === 2 && parts[1] === "skill.yaml";
  if (!members.some(({ member, parts }) => !member.directory && isManifest(parts)))
    throw invalid(`Skill package ${file} does not contain ${skillId}/skill.yaml`);
  return {
    extract(vfs, folder) {
      for (const { member, parts } of members) {
        const path = `${folder}/${parts.join("/")}`;
        vfs.mkdir(member.directory ? path : (parentPath(path) ?? folder), { recursive: true });
        if (!member.directory) vfs.writeFile(path, member.read());
      }
    },
  };
}

/** The one top-level directory of an archive whose skill id nobody named. @throws LuaSkillsError `invalid_archive`. */
export function skillIdOfPackage(bytes: Uint8Array, file: string, limits: ArchiveLimits): string {
  const tops = new Set<string>();
  for (const member of openZip(bytes, file, limits)) {
    const [top] = memberPath(member);
    if (top !== undefined) tops.add(top);
  }
  const [only, ...others] = tops;
  if (only === undefined || others.length > 0)
    throw invalid(
      `Skill package ${file} must contain exactly one top-level directory, named like the skill, but found ${tops.size === 0 ? "none" : `'${[...tops].join("', '")}'`}`,
    );
  return only;
}

/** Components without `.` and empty ones. */
function memberPath(member: ZipMember): string[] {
  const parts = member.name.split("/");
  if (parts.includes("..")) throw invalid(`Zip entry '${member.name}' must not contain parent-directory traversal`);
  if (member.name.startsWith("/") || /^[A-Za-z]:/.test(member.name))
    throw invalid(`Zip entry '${member.name}' must not use an absolute path`);
  if (member.name.includes("\0")) throw invalid(`Zip entry '${member.name}' must not contain NUL bytes`);
  return parts.filter((part) => part !== "" && part !== ".");
}

function invalid(message: string): LuaSkillsError {
  return new LuaSkillsError("invalid_archive", message);
}
