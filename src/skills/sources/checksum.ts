/**
 * Checksum files and the comparison of an archive with its digest (spec engine.md §8.7, §8.8).
 * @module
 */

import { isSha256Hex, sha256Hex } from "../../base/bytes/sha256.ts";
import { LuaSkillsError } from "../../errors.ts";

/** The digest of `file` from lines of `<64 hex> [*]<file>`, in lower case. */
export function checksumOf(manifest: string, file: string): string {
  for (const line of manifest.split(/\r?\n/)) {
    const match = /^(\S+)\s+\*?(\S.*)$/.exec(line.trim());
    if (match?.[2] !== file) continue;
    const digest = match[1] ?? "";
    if (!isSha256Hex(digest))
      throw new LuaSkillsError("invalid_archive", `Checksum entry for '${file}' is not one valid SHA-256 value`);
    return digest.toLowerCase();
  }
  throw new LuaSkillsError("invalid_archive", `Checksum manifest does not contain an entry for '${file}'`);
}

/** `Checksum mismatch for {path}: …`, or undefined when the bytes are what they should be. */
export function checksumComplaint(bytes: Uint8Array, path: string, expected: string): string | undefined {
  const actual = sha256Hex(bytes);
  const wanted = expected.toLowerCase();
  return actual === wanted ? undefined : `Checksum mismatch for ${path}: expected ${wanted}, got ${actual}`;
}
