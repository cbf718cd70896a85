/**
 * An archive the host hands over itself: bytes, or an address it names (decision of spec engine.md §8.8). It has no source
 * that could be asked for updates, so its record is unmanaged.
 * @module
 */
import { LuaSkillsError } from "../../errors.ts";
import { openSkillPackage } from "../archive/skill-package.ts";
import { type ArchiveLimits, openZip } from "../archive/zip.ts";
import { requireVersion } from "../version.ts";
import { decodeText } from "../vfs-text.ts";
import { parseYaml } from "../yaml.ts";
import { checksumComplaint } from "./checksum.ts";
import { type Network, successBody } from "./network.ts";
import type { ResolvedPackage } from "./package-source.ts";

export interface LocalArchive {
  readonly bytes: Uint8Array;
  /** What the record and messages call it: its address, or `archive:<name>`. */
  readonly locator: string;
}

/** The bytes of an archive the host named by address; no `allow_network_download` is needed for that. */
export async function fetchLocalArchive(network: Network, url: string): Promise<LocalArchive> {
  const answer = await network.getUngated(url, "application/zip, application/octet-stream, */*");
  return { bytes: successBody(url, answer), locator: url };
}

/** @throws LuaSkillsError `invalid_archive` | `invalid_manifest`. */
export function resolveLocalPackage(
  archive: LocalArchive,
  skillId: string,
  sha256: string | undefined,
  limits: ArchiveLimits,
): ResolvedPackage {
  const { bytes, locator } = archive;
  const complaint = sha256 === undefined ? undefined : checksumComplaint(bytes, locator, sha256);
  if (complaint !== undefined) throw new LuaSkillsError("invalid_archive", complaint);
  openSkillPackage(bytes, locator, skillId, limits);
  return {
    version: packageVersion(bytes, locator, skillId, limits),
    sourceType: "url",
    locator,
    tag: undefined,
    origin: `archive '${locator}'`,
    viaManifest: false,
    managed: false,
    archive: async () => ({ bytes, file: locator }),
  };
}

/** Only what decides about an update; the whole manifest is checked after unpacking. */
function packageVersion(bytes: Uint8Array, locator: string, skillId: string, limits: ArchiveLimits): string {
  const manifest = openZip(bytes, locator, limits).find(
    (member) =>
      member.name
        .split("/")
        .filter((part) => part !== "" && part !== ".")
        .join("/") === `${skillId}/skill.yaml`,
  );
  const path = `${locator}/${skillId}/skill.yaml`;
  const { value } = parseYaml(manifest === undefined ? "" : decodeText(manifest.read()), path);
  const version = value instanceof Map ? value.get("version") : undefined;
  return requireVersion(typeof version === "string" ? version : String(version ?? ""), "skill.yaml version");
}
