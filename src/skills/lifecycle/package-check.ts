/**
 * The manifest checks of an unpacked package (spec engine.md §8.5): fewer than at load, so that a host can ship skills with
 * late errors and see them reported.
 * @module
 */

import { baseName } from "../../base/path-text.ts";
import type { SkillPermissions } from "../../contract/contract.ts";
import { LuaSkillsError } from "../../errors.ts";
import type { Vfs } from "../../vfs/interface.ts";
import { decodeManifest } from "../manifest/decode.ts";
import { declaresSkillId, readManifestFile } from "../manifest/file.ts";
import { identifierComplaint, isIdentifier } from "../manifest/identifiers.ts";
import { resolveEntries } from "../manifest/manifest.ts";
import { readPermissions } from "../manifest/permissions.ts";
import { requireVersion } from "../manifest/version.ts";

/** What is asked about a package before it is put in its place. */
export interface CheckedPackage {
  readonly version: string;
  readonly permissions: SkillPermissions | undefined;
}

/** @throws LuaSkillsError `invalid_manifest` with the texts of §8.5. */
export function checkPackage(vfs: Vfs, packageDir: string): CheckedPackage {
  const skillId = baseName(packageDir);
  if (!isIdentifier(skillId))
    throw new LuaSkillsError("invalid_manifest", `skill ${packageDir}: ${identifierComplaint("skill directory name")}`);
  const file = readManifestFile(vfs, packageDir);
  if (file === undefined)
    throw new LuaSkillsError("invalid_manifest", `skill.yaml not found in ${packageDir}`, { data: { packageDir } });
  if (declaresSkillId(file))
    throw new LuaSkillsError(
      "invalid_manifest",
      `skill ${packageDir} must not declare skill_id in skill.yaml; directory name is the only skill_id`,
      { data: { file: file.path } },
    );
  const decoded = decodeManifest(file);
  resolveEntries(vfs, packageDir, decoded, file.path, "");
  return { version: requireVersion(decoded.version, "skill.yaml version"), permissions: readPermissions(file) };
}

/** @throws LuaSkillsError when the unpacked version is not the resolved one. */
export function requireVersionMatch(actual: string, resolved: string, what: "skill" | "update"): void {
  if (actual !== resolved)
    throw new LuaSkillsError(
      "invalid_manifest",
      `downloaded ${what} package version '${actual}' does not match resolved version '${resolved}'`,
      { data: { actual, resolved } },
    );
}
