/**
 * The version rule (spec engine.md §2.3): strict semantic versions, trimmed.
 * @module
 */

import compareVersions from "semver/functions/compare.js";
import parse from "semver/functions/parse.js";
import { LuaSkillsError } from "../../errors.ts";

/** The complaint of §2.3, or undefined when the version is fine. */
export function versionComplaint(version: string, label: string): string | undefined {
  const trimmed = version.trim();
  if (trimmed === "") return `${label} must not be empty`;
  const detail = versionDetail(trimmed);
  return detail === undefined ? undefined : `${label} must be a valid semantic version: ${detail}`;
}

/** The trimmed version. @throws LuaSkillsError `invalid_manifest`. */
export function requireVersion(version: string, label: string): string {
  const complaint = versionComplaint(version, label);
  if (complaint !== undefined) throw new LuaSkillsError("invalid_manifest", complaint, { data: { version } });
  return version.trim();
}

/** Negative, zero or positive, by semantic version precedence; undefined when one of them is no version. */
export function compareIfVersions(a: string, b: string): number | undefined {
  if (versionDetail(a.trim()) !== undefined || versionDetail(b.trim()) !== undefined) return undefined;
  return compareVersions(a.trim(), b.trim());
}

/** Why it is no version, or undefined. The `semver` package forgives a leading `v` or `=`; the rule does not. */
export function versionDetail(version: string): string | undefined {
  if (!/^[0-9]/.test(version))
    return `unexpected character '${version.slice(0, 1)}' while parsing major version number`;
  if (parse(version) === null) return `'${version}' is not MAJOR.MINOR.PATCH[-pre][+build]`;
  return undefined;
}
