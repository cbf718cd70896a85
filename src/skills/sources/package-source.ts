/**
 * From a request or an install record to a version and its archive (spec engine.md §8.7).
 * @module
 */
import { LuaSkillsError } from "../../errors.ts";
import { isAllowed } from "../../net/allow-list.ts";
import type { Vfs } from "../../vfs/interface.ts";
import { requireIdentifier } from "../manifest/identifiers.ts";
import { requireVersion } from "../manifest/version.ts";
import type { HostOptions } from "../options/host-options.ts";
import type { InstallSourceType } from "../registry/state-files.ts";
import { type DownloadedArchive, type DownloadObserver, downloadArchive } from "./archive-download.ts";
import { cacheFragment } from "./cache-name.ts";
import { parseGithubLocator } from "./github-locator.ts";
import { githubArchive } from "./github-package.ts";
import { latestRelease } from "./github-release.ts";
import { base, type Network } from "./network.ts";
import { parseSourceManifest } from "./source-manifest.ts";

export interface PackageSource {
  readonly sourceType: InstallSourceType;
  /** The request's `source`, or the recorded locator. */
  readonly locator: string | undefined;
}

export interface ResolvedPackage {
  readonly version: string;
  readonly sourceType: InstallSourceType;
  readonly locator: string;
  readonly tag: string | undefined;
  /** `GitHub repository 'o/r'`, `OfficialHub 'id'`, … */
  readonly origin: string;
  /** Whether a source manifest was read. */
  readonly viaManifest: boolean;
  /** Whether the record allows automatic updates. */
  readonly managed: boolean;
  /** The user's own file. */
  readonly dropped?: boolean;
  archive(observer: DownloadObserver): Promise<DownloadedArchive>;
}

export interface PackageSources {
  readonly vfs: Vfs;
  readonly network: Network;
  readonly options: HostOptions;
  readonly cacheDir: string;
  /** Whether the host's own authority asks (plane System). */
  readonly system: boolean;
  /** A source manifest is about to be fetched. */
  fetchingManifest(message: string, locator: string): void;
}

/** @throws LuaSkillsError with the texts of §8.7. */
export async function resolvePackage(
  sources: PackageSources,
  skillId: string,
  source: PackageSource,
): Promise<ResolvedPackage> {
  switch (source.sourceType) {
    case "github":
      return fromGithub(sources, skillId, source.locator);
    case "official_hub":
      return fromHub(sources, skillId, source.locator);
    case "private_url_manifest":
      return fromPrivateManifest(sources, skillId, source.locator);
    case "url":
      throw denied(
        "public URL skill install is disabled by source policy; use github, official_hub, or a host-private system manifest",
      );
  }
}

async function fromGithub(
  sources: PackageSources,
  skillId: string,
  source: string | undefined,
): Promise<ResolvedPackage> {
  if (source === undefined) throw new LuaSkillsError("invalid_argument", "github install requires source repository");
  const { repo, name } = parseGithubLocator(source);
  if (name !== skillId)
    throw new LuaSkillsError(
      "invalid_argument",
      `github repository '${repo}' resolves to skill_id '${name}' but the request targets '${skillId}'`,
    );
  const latest = await latestRelease(sources.network, repo);
  // Also keeps whatever a tag may contain out of the name of the cache file.
  const version = requireVersion(latest.version, "github release version");
  return {
    version,
    sourceType: "github",
    locator: repo,
    tag: latest.tag,
    origin: `GitHub repository '${repo}'`,
    viaManifest: false,
    managed: true,
    archive: async (observer) => {
      const { vfs, network, cacheDir } = sources;
      const found = await githubArchive(vfs, network, cacheDir, repo, skillId, version);
      const request = { skillId, version, ...found };
      return downloadArchive(vfs, network, cacheDir, request, observer);
    },
  };
}

async function fromHub(sources: PackageSources, skillId: string, source: string | undefined): Promise<ResolvedPackage> {
  const locator = (source ?? "").trim() || skillId;
  requireIdentifier(locator, "official hub source skill_id");
  if (locator !== skillId)
    throw new LuaSkillsError(
      "invalid_argument",
      `official_hub source '${locator}' does not match requested skill_id '${skillId}'`,
    );
  const hub = base(sources.options.officialSkillHubBaseUrl);
  if (hub === undefined)
    throw new LuaSkillsError(
      "invalid_argument",
      "official_hub install requires host option official_skill_hub_base_url",
    );
  const url = `${hub}/api/v1/skills/${skillId}/resolve?version=latest`;
  sources.fetchingManifest("fetching official Hub resolve manifest", url);
  return fromManifest(sources, skillId, "official_hub", locator, `OfficialHub '${locator}'`, url);
}

async function fromPrivateManifest(
  sources: PackageSources,
  skillId: string,
  source: string | undefined,
): Promise<ResolvedPackage> {
  const { options } = sources;
  const url = (source ?? "").trim();
  if (url === "")
    throw new LuaSkillsError("invalid_argument", "private_url_manifest install requires one manifest URL");
  if (!sources.system) throw denied("private_url_manifest install is restricted to host system authority");
  if (!options.enablePrivateUrlSkillInstall)
    throw denied("private_url_manifest install is disabled by host source policy");
  if (!isAllowed(url, options.privateSkillSourceAllowlist))
    throw denied(`private_url_manifest source '${url}' is not allowed by host source policy`);
  sources.fetchingManifest("fetching private URL skill manifest", url);
  return fromManifest(sources, skillId, "private_url_manifest", url, `PrivateUrlManifest '${url}'`, url);
}

async function fromManifest(
  sources: PackageSources,
  skillId: string,
  sourceType: "official_hub" | "private_url_manifest",
  locator: string,
  origin: string,
  url: string,
): Promise<ResolvedPackage> {
  const { vfs, network, options, cacheDir } = sources;
  const allowlist = sourceType === "private_url_manifest" ? options.privateSkillSourceAllowlist : undefined;
  const kind = sourceType === "official_hub" ? `official-hub-${skillId}` : "private-url-manifest";
  const text = await network.text(url, {
    accept: "application/json, application/yaml, */*",
    allowlist,
    cacheKey: `skill-source-${kind}-${cacheFragment(url)}`,
  });
  const manifest = parseSourceManifest(text, url, { skillId, sourceType });
  if (allowlist !== undefined && !isAllowed(manifest.archiveUrl, allowlist))
    throw denied(`private_url_manifest archive '${manifest.archiveUrl}' is not allowed by host source policy`);
  return {
    version: manifest.version,
    sourceType,
    locator,
    tag: manifest.tag,
    origin,
    viaManifest: true,
    managed: true,
    archive: (observer) => {
      const { version, archiveUrl, sha256 } = manifest;
      const request = { skillId, version, url: archiveUrl, sha256, ...(allowlist === undefined ? {} : { allowlist }) };
      return downloadArchive(vfs, network, cacheDir, request, observer);
    },
  };
}

function denied(message: string): LuaSkillsError {
  return new LuaSkillsError("permission_denied", message);
}
