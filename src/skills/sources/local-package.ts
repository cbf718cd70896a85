/**
 * An archive the host hands over itself: bytes, or an address it names (decision of spec engine.md §8.8). It has no source
 * that could be asked for updates, so its record is unmanaged.
 * @module
 */

import { isSha256Hex } from "../../base/bytes/sha256.ts";
import { LuaSkillsError } from "../../errors.ts";
import type { ArchiveLimits } from "../../vfs/archive.ts";
import { openSkillPackage } from "../archive/skill-package.ts";
import { requireVersion } from "../manifest/version.ts";
import { decodeText, reasonText } from "../vfs-text.ts";
import { parseYaml } from "../yaml/yaml.ts";
import { checksumComplaint } from "./checksum.ts";
import type { Network } from "./network.ts";
import type { ResolvedPackage } from "./package-source.ts";

export interface LocalArchive {
  readonly bytes: Uint8Array;
  /** What the record and messages call it: its address, or `archive:<name>`. */
  readonly locator: string;
}

/**
 * The archive at an address that came with the request. @param network made with `given: true`
 */
export async function fetchLocalArchive(
  network: Network,
  url: string,
  onProgress?: (done: number, total: number | null) => void,
): Promise<LocalArchive> {
  return { bytes: await network.bytes(url, { onProgress }), locator: url };
}

/** @throws LuaSkillsError `invalid_archive` | `invalid_manifest`. */
export function resolveLocalPackage(
  archive: LocalArchive,
  skillId: string,
  sha256: string | undefined,
  limits: ArchiveLimits,
): ResolvedPackage {
  const { bytes, locator } = archive;
  if (sha256 !== undefined && !isSha256Hex(sha256))
    throw new LuaSkillsError("invalid_argument", `sha256 must be 64 hexadecimal digits, got '${sha256}'`);
  const complaint = sha256 === undefined ? undefined : checksumComplaint(bytes, locator, sha256);
  if (complaint !== undefined) throw new LuaSkillsError("invalid_archive", complaint);
  const { manifest } = openSkillPackage(bytes, locator, skillId, limits, { dropped: true });
  return {
    version: packageVersion(manifest, `${locator}/${skillId}/skill.yaml`),
    sourceType: "url",
    locator,
    tag: undefined,
    origin: `archive '${locator}'`,
    viaManifest: false,
    managed: false,
    dropped: true,
    archive: async () => ({ bytes, file: locator }),
  };
}

/** Only what decides about an update; the whole manifest is checked after unpacking. */
function packageVersion(manifest: Uint8Array, path: string): string {
  const { value } = parseYaml(manifestText(manifest, path), path);
  const version = value instanceof Map ? value.get("version") : undefined;
  return requireVersion(typeof version === "string" ? version : String(version ?? ""), "skill.yaml version");
}

function manifestText(manifest: Uint8Array, path: string): string {
  try {
    return decodeText(manifest);
  } catch (cause) {
    throw new LuaSkillsError("invalid_manifest", `Failed to read ${path}: ${reasonText(cause)}`, {
      data: { file: path },
      cause,
    });
  }
}
