/**
 * GitHub releases over the REST API (spec engine.md §8.7).
 * @module
 */
import { messageOf } from "../../base/message-of.ts";
import { LuaSkillsError } from "../../errors.ts";
import type { FetchAnswer } from "../../net/interface.ts";
import { withoutV } from "../dependencies/template.ts";
import { bodyText, type Network } from "./network.ts";

export interface GithubRelease {
  readonly tag: string;
  /** The tag without leading `v`s. */
  readonly version: string;
  /** Download address by asset name. */
  readonly assets: ReadonlyMap<string, string>;
}

const mediaType = "application/vnd.github+json";

export async function latestRelease(network: Network, repo: string): Promise<GithubRelease> {
  const url = network.githubApiUrl(`repos/${repo}/releases/latest`);
  return decodeRelease(url, await network.get(url, { accept: mediaType }));
}

/** Tries the tags `{version}` and `v{version}`, the version without a `v` of its own; a 404 moves on. */
export async function releaseOfVersion(network: Network, repo: string, version: string): Promise<GithubRelease> {
  const plain = withoutV(version.trim());
  const tags = [plain, `v${plain}`];
  for (const tag of tags) {
    const url = network.githubApiUrl(`repos/${repo}/releases/tags/${encodeURIComponent(tag)}`);
    const answer = await network.get(url, { accept: mediaType });
    if (answer.status !== 404) return decodeRelease(url, answer);
  }
  throw new LuaSkillsError(
    "network_error",
    `Failed to resolve GitHub release for repo '${repo}' and version '${plain}'; attempted tag endpoints ending with '${network.githubApiUrl(`repos/${repo}/releases/tags/v${plain}`)}'`,
    { data: { repo, tags } },
  );
}

/** A release document at an address of the package author's choosing. */
export async function releaseAt(network: Network, url: string): Promise<GithubRelease> {
  return decodeRelease(url, await network.get(url, { accept: mediaType }));
}

function decodeRelease(url: string, answer: FetchAnswer): GithubRelease {
  const fault = (detail: string, cause?: unknown) =>
    new LuaSkillsError("network_error", `Failed to parse ${url}: ${detail}`, { data: { url }, cause });
  const text = bodyText(url, answer);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (thrown) {
    throw fault(messageOf(thrown), thrown);
  }
  const release = json as { tag_name?: unknown; assets?: unknown } | null;
  if (typeof release?.tag_name !== "string") throw fault("missing field `tag_name`");
  if (!Array.isArray(release.assets)) throw fault("missing field `assets`");
  const assets = new Map<string, string>();
  for (const asset of release.assets as Array<{ name?: unknown; browser_download_url?: unknown } | null>) {
    if (typeof asset?.name !== "string" || typeof asset.browser_download_url !== "string")
      throw fault("every asset needs `name` and `browser_download_url`");
    assets.set(asset.name, asset.browser_download_url);
  }
  return { tag: release.tag_name, version: withoutV(release.tag_name), assets };
}
