/**
 * The tools that packages declare, downloaded for this machine into a directory of tools. Only whoever starts the bridge asks for
 * it; an archive whose digest nobody vouches for is not unpacked.
 * @module
 */
import { existsSync, readFileSync } from "node:fs";
import { chmod, mkdir, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { sha256Hex } from "../../base/bytes/sha256.ts";
import { LuaSkillsError } from "../../errors.ts";
import { defaultLimits } from "../../limits.ts";
import { installExports } from "../../skills/dependencies/install.ts";
import { pathPart } from "../../skills/dependencies/layout.ts";
import { type Dependency, type DependencyExport, parseDependencies } from "../../skills/dependencies/manifest.ts";
import { wasmPlatform } from "../../skills/dependencies/platform.ts";
import { resolveDependency } from "../../skills/dependencies/source.ts";
import { expandExports } from "../../skills/dependencies/template.ts";
import { checksumComplaint } from "../../skills/sources/checksum.ts";
import { Network, type NetworkOptions } from "../../skills/sources/network.ts";
import { MemoryTree } from "../../vfs/memory-tree.ts";

export interface ToolInstallation {
  /** Directories of packages with a `dependencies.yaml`. */
  readonly packages: readonly string[];
  /** The directory of tools. */
  readonly root: string;
  /** SHA-256 digests of archives that are accepted besides those the packages declare. */
  readonly checksums?: readonly string[];
  readonly outlet?: NetworkOptions["outlet"];
  readonly signal?: AbortSignal;
  onProgress?(text: string): void;
}

export interface InstalledTool {
  readonly name: string;
  readonly version: string;
  /** Of its programs. */
  readonly files: readonly string[];
  /** False: it was there. */
  readonly isNew: boolean;
}

const systems: Readonly<Record<string, string>> = { linux: "linux", darwin: "macos", win32: "windows" };

/** `linux-x64`; undefined where packages have no name for it. */
function nativePlatform(): string | undefined {
  const os = systems[process.platform];
  return os === undefined || !["x64", "arm64"].includes(process.arch) ? undefined : `${os}-${process.arch}`;
}

/**
 * Installs what is not there. Idempotent.
 * @throws LuaSkillsError `invalid_archive` for an archive without or with another digest, `network_error`, `invalid_manifest`
 */
export async function installTools(installation: ToolInstallation): Promise<readonly InstalledTool[]> {
  const platform = nativePlatform();
  if (platform === undefined) {
    throw new LuaSkillsError(
      "capability_unavailable",
      `packages have no tools for ${process.platform} on ${process.arch}`,
    );
  }
  const installed: InstalledTool[] = [];
  for (const folder of installation.packages) {
    for (const tool of toolsOf(folder)) {
      installation.signal?.throwIfAborted();
      installed.push(await installTool(installation, tool, platform));
    }
  }
  return installed;
}

function toolsOf(folder: string): readonly Dependency[] {
  const file = path.join(folder, "dependencies.yaml");
  if (!existsSync(file)) throw new LuaSkillsError("not_found", `${folder} has no dependencies.yaml`);
  return parseDependencies(readFileSync(file, "utf8"), file).filter(({ kind }) => kind === "tool");
}

async function installTool(
  { root, checksums = [], outlet, signal, onProgress }: ToolInstallation,
  tool: Dependency,
  platform: string,
): Promise<InstalledTool> {
  const native = tool.packages.get(platform) ?? tool.packages.get("any");
  if (!native) {
    const text = `dependency '${tool.name}' does not declare package metadata for platform '${platform}'`;
    throw new LuaSkillsError("invalid_manifest", text);
  }
  const place = (version: string) => path.join(root, pathPart(tool.name), pathPart(version), platform);
  const present = (version: string): InstalledTool | undefined => {
    const files = filesOf(tool, native.exports, version).map((target) => path.join(place(version), target));
    return files.every((file) => existsSync(file)) ? { name: tool.name, version, files, isNew: false } : undefined;
  };
  const there = tool.version === undefined ? undefined : present(tool.version);
  if (there) return there;

  const vfs = new MemoryTree();
  const network = new Network({
    options: { allowNetworkDownload: true, githubBaseUrl: undefined, githubApiBaseUrl: undefined },
    limits: defaultLimits,
    ...(outlet ? { outlet } : {}),
    signal,
  });
  // Resolved as the sandbox resolves its own: this machine's package stands where that one's would.
  const sources = { vfs, network, cacheDir: "/cache", log: () => {} };
  const own = { ...tool, packages: new Map([[wasmPlatform, native]]) };
  const { url, version = "unversioned", chosen, values } = await resolveDependency(sources, own);
  onProgress?.(`downloading ${tool.name} ${version} from ${url}`);
  const bytes = await network.bytes(url, { cacheKey: `tool-${tool.name}` });
  checkDigest(bytes, { tool, url, declared: chosen.package.sha256, accepted: checksums });

  const exports = expandExports(tool.name, chosen.package.exports, values);
  installExports(vfs, "/tool", { bytes, file: url, type: chosen.package.archiveType }, exports, defaultLimits);
  const folder = place(version);
  const beside = `${folder}.new`;
  await rm(beside, { recursive: true, force: true });
  const files: string[] = [];
  for (const { targetPath, executable } of exports) {
    const file = path.join(beside, targetPath);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, vfs.readFile(`/tool/${targetPath}`));
    // A package for one platform may leave it out, as on Windows it means nothing.
    if (executable || exports.length === 1) await chmod(file, 0o755);
    files.push(path.join(folder, targetPath));
  }
  await rm(folder, { recursive: true, force: true });
  await rename(beside, folder);
  return { name: tool.name, version, files, isNew: true };
}

function filesOf(tool: Dependency, exports: readonly DependencyExport[], version: string): readonly string[] {
  return expandExports(tool.name, exports, { version, tag: version }).map(({ targetPath }) => targetPath);
}

interface Digest {
  readonly tool: Dependency;
  readonly url: string;
  readonly declared: string | undefined;
  readonly accepted: readonly string[];
}

function checkDigest(bytes: Uint8Array, { tool, url, declared, accepted }: Digest): void {
  if (declared !== undefined) {
    const complaint = checksumComplaint(bytes, url, declared);
    if (complaint !== undefined) throw new LuaSkillsError("invalid_archive", complaint);
    return;
  }
  const digest = sha256Hex(bytes);
  if (accepted.some((each) => each.toLowerCase() === digest)) return;
  throw new LuaSkillsError(
    "invalid_archive",
    `the package declares no sha256 for the tool '${tool.name}'; ${url} has ${digest}. When that is what its author published, accept it with --checksum ${digest}`,
    { data: { tool: tool.name, url, sha256: digest } },
  );
}
