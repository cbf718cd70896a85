/**
 * Where a missing dependency comes from (spec engine.md §9.3 step 4).
 * @module
 */

import { joinPath } from "../../base/path-text.ts";
import type { LogEvent } from "../../contract/contract.ts";
import { LuaSkillsError } from "../../errors.ts";
import type { Vfs } from "../../vfs/interface.ts";
import { withShapeFaults } from "../manifest/file.ts";
import { downloadExtension } from "../sources/cache-name.ts";
import { parseGithubLocator } from "../sources/github-locator.ts";
import { latestRelease, releaseAt, releaseOfVersion } from "../sources/github-release.ts";
import type { Network } from "../sources/network.ts";
import { readTextIfPresent } from "../vfs-text.ts";
import { YamlCursor } from "../yaml/cursor.ts";
import { parseYaml } from "../yaml/yaml.ts";
import { type Dependency, type DependencyPackage, decodePackages } from "./manifest.ts";
import { type ChosenPackage, choosePackage, wasmPlatform } from "./platform.ts";
import { expandTemplate, type TemplateValues, withoutV } from "./template.ts";

export interface ResolvedDependency {
  readonly url: string;
  readonly chosen: ChosenPackage;
  readonly values: TemplateValues;
  /** Version of the install root; undefined = `unversioned`. */
  readonly version: string | undefined;
}

export interface DependencySources {
  readonly vfs: Vfs;
  readonly network: Network;
  readonly cacheDir: string;
  log(event: LogEvent): void;
}

/** @throws LuaSkillsError with the texts of step 4. */
export async function resolveDependency(
  sources: DependencySources,
  dependency: Dependency,
): Promise<ResolvedDependency> {
  switch (dependency.source.type) {
    case "github_release":
      return fromGithub(sources, dependency);
    case "skilllist":
      return fromSkilllist(sources, dependency);
    case "url":
      return fromPackageUrl(dependency, requirePackage(dependency), dependency.version);
  }
}

async function fromGithub({ network }: DependencySources, dependency: Dependency): Promise<ResolvedDependency> {
  const chosen = requirePackage(dependency);
  const { github } = dependency.source;
  if (github === undefined)
    throw invalid(`dependency '${dependency.name}' declares github_release source but misses github config`);
  const { assetName } = chosen.package;
  if (assetName === undefined || assetName.trim() === "")
    throw invalid(
      `dependency '${dependency.name}' github package for platform '${wasmPlatform}' must declare asset_name`,
    );
  const { repo } = parseGithubLocator(github.repo);
  const release =
    github.tagApi !== undefined && github.tagApi.trim() !== ""
      ? await releaseAt(network, github.tagApi.trim())
      : dependency.version === undefined
        ? await latestRelease(network, repo)
        : await releaseOfVersion(network, repo, dependency.version);
  const declared = withoutV(dependency.version?.trim() ?? "");
  const values = { version: declared || release.version, tag: release.tag };
  const asset = expandTemplate(assetName, values);
  const url = release.assets.get(asset);
  if (url === undefined)
    throw new LuaSkillsError("network_error", `GitHub release ${release.tag} does not contain asset '${asset}'`, {
      data: { repo, asset },
    });
  return { url: network.downloadUrl(url), chosen, values, version: values.version };
}

async function fromSkilllist(sources: DependencySources, dependency: Dependency): Promise<ResolvedDependency> {
  const { skilllist } = dependency.source;
  if (skilllist === undefined)
    throw invalid(`dependency '${dependency.name}' declares skilllist source but misses skilllist config`);
  const index = await readSkilllist(sources, skilllist.url);
  const packages = index.get(skilllist.package);
  if (packages === undefined)
    throw invalid(`dependency '${dependency.name}' cannot find package '${skilllist.package}' in skilllist`);
  const chosen = choosePackage(dependency.kind, packages);
  if (chosen === undefined)
    throw invalid(
      `dependency '${dependency.name}' skilllist package '${skilllist.package}' does not support platform '${wasmPlatform}'`,
    );
  return fromPackageUrl(dependency, chosen, dependency.version);
}

/** Packages by key, then by platform. */
type Skilllist = ReadonlyMap<string, ReadonlyMap<string, DependencyPackage>>;

async function readSkilllist(sources: DependencySources, url: string): Promise<Skilllist> {
  const { vfs, network, cacheDir } = sources;
  network.requireAllowed();
  const cacheKey = `skilllist-${base64Url(url)}`;
  const cached = joinPath(cacheDir, cacheKey + downloadExtension(url));
  let text = readTextIfPresent(vfs, cached);
  if (text === undefined) {
    text = await network.text(url, { cacheKey });
    // Parsed before it is kept: a broken index must not outlive the mistake.
    parseSkilllist(text, url);
    vfs.mkdir(cacheDir, { recursive: true });
    vfs.writeFile(cached, new TextEncoder().encode(text));
  }
  return parseSkilllist(text, url);
}

function parseSkilllist(text: string, url: string): Skilllist {
  const what = `skilllist index ${url}`;
  try {
    const file = parseYaml(text, what);
    return withShapeFaults(() => {
      const members = new YamlCursor(file).required("packages").members();
      return new Map(members.map(([key, entry]) => [key, decodePackages(entry.get("packages"))]));
    }, `Failed to parse ${what}`);
  } catch (thrown) {
    const error = LuaSkillsError.from(thrown, "invalid_manifest");
    // The one file whose native text starts in lower case.
    throw new LuaSkillsError(error.code, error.message.replace(/^Failed/, "failed"), {
      data: error.data,
      cause: thrown,
    });
  }
}

function base64Url(text: string): string {
  const bytes = new TextEncoder().encode(text);
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
}

function fromPackageUrl(
  dependency: Dependency,
  chosen: ChosenPackage,
  version: string | undefined,
): ResolvedDependency {
  const url = chosen.package.url?.trim() ?? "";
  if (url === "") throw invalid(`dependency '${dependency.name}' platform '${wasmPlatform}' must declare url`);
  const values = { version: version ?? "unversioned", tag: version ?? "unversioned" };
  return { url: expandTemplate(url, values), chosen, values, version };
}

function requirePackage(dependency: Dependency): ChosenPackage {
  const chosen = choosePackage(dependency.kind, dependency.packages);
  if (chosen === undefined)
    throw invalid(`dependency '${dependency.name}' does not declare package metadata for platform '${wasmPlatform}'`);
  return chosen;
}

function invalid(message: string): LuaSkillsError {
  return new LuaSkillsError("invalid_manifest", message);
}
