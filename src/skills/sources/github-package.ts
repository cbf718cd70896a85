/**
 * The archive and the checksum of a skill in a GitHub release (spec engine.md §8.7).
 * @module
 */

import { joinPath } from "../../base/path-text.ts";
import { LuaSkillsError } from "../../errors.ts";
import type { Vfs } from "../../vfs/interface.ts";
import { readTextIfPresent } from "../vfs-text.ts";
import { cacheFragment, downloadExtension } from "./cache-name.ts";
import { checksumOf } from "./checksum.ts";
import { type GithubRelease, releaseOfVersion } from "./github-release.ts";
import type { Network } from "./network.ts";

/** @throws LuaSkillsError when the release lacks an asset or the checksum file lacks the archive. */
export async function githubArchive(
  vfs: Vfs,
  network: Network,
  cacheDir: string,
  repo: string,
  skillId: string,
  version: string,
): Promise<{ url: string; sha256: string }> {
  const release = await releaseOfVersion(network, repo, version);
  const archiveName = `${skillId}-v${version}-skill.zip`;
  const checksumName = `${skillId}-v${version}-checksums.txt`;
  const url = asset(release, archiveName, "asset");
  const checksumUrl = asset(release, checksumName, "checksum asset");
  const cacheKey = `github-checksums-${cacheFragment(repo)}-${cacheFragment(release.tag)}`;
  const cached = joinPath(cacheDir, cacheKey + downloadExtension(checksumUrl));
  let text = readTextIfPresent(vfs, cached);
  if (text === undefined) {
    text = await network.text(network.downloadUrl(checksumUrl), { cacheKey });
    // A file without the entry is not worth keeping: the author may correct it.
    checksumOf(text, archiveName);
    vfs.mkdir(cacheDir, { recursive: true });
    vfs.writeFile(cached, new TextEncoder().encode(text));
  }
  return { url, sha256: checksumOf(text, archiveName) };
}

function asset(release: GithubRelease, name: string, what: "asset" | "checksum asset"): string {
  const url = release.assets.get(name);
  if (url !== undefined) return url;
  throw new LuaSkillsError("network_error", `GitHub release ${release.tag} does not contain ${what} '${name}'`, {
    data: { tag: release.tag, asset: name },
  });
}
