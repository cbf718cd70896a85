/**
 * Fetching a dependency archive and unpacking it, with the one retry of spec engine.md §9.3 step 5.
 * @module
 */

import { joinPath } from "../../base/path-text.ts";
import { LuaSkillsError } from "../../errors.ts";
import type { ArchiveLimits } from "../../vfs/archive.ts";
import { downloadExtension } from "../sources/cache-name.ts";
import { checksumComplaint } from "../sources/checksum.ts";
import { readTextIfPresent, reasonText, removeTree } from "../vfs-text.ts";
import { installExports } from "./install.ts";
import { installRoot, pathPart } from "./layout.ts";
import type { Dependency } from "./manifest.ts";
import type { DependencySources, ResolvedDependency } from "./source.ts";
import { expandExports } from "./template.ts";

/** @throws LuaSkillsError; the cache file and the install root are gone then. */
export async function downloadDependency(
  sources: DependencySources,
  dependencyDir: string,
  dependency: Dependency,
  resolved: ResolvedDependency,
  limits: ArchiveLimits,
): Promise<void> {
  const cacheKey = pathPart(`${dependency.kind}-${dependency.name}-${resolved.chosen.directory}`);
  const cacheFile = joinPath(sources.cacheDir, cacheKey + downloadExtension(resolved.url));
  const root = installRoot(dependencyDir, resolved.version, resolved.chosen.directory);
  const install = (bytes: Uint8Array) => {
    try {
      const { archiveType, exports, sha256 } = resolved.chosen.package;
      const mismatch = sha256 === undefined ? undefined : checksumComplaint(bytes, cacheFile, sha256);
      if (mismatch !== undefined) throw new LuaSkillsError("invalid_archive", mismatch);
      const targets = expandExports(dependency.name, exports, resolved.values);
      installExports(sources.vfs, root, { bytes, file: cacheFile, type: archiveType }, targets, limits);
    } catch (thrown) {
      for (const path of [cacheFile, sourceNote(cacheFile), root]) removeTree(sources.vfs, path);
      throw thrown;
    }
  };
  const download = () => archiveBytes(sources, cacheKey, cacheFile, resolved.url);
  const bytes = await download();
  try {
    install(bytes);
  } catch (thrown) {
    await retry(reasonText(thrown));
  }

  async function retry(reason: string): Promise<void> {
    const message = `[LuaSkills:dependency] Dependency '${dependency.name}' install from cached archive failed once, retrying after cache cleanup: ${reason}`;
    sources.log({ level: "warn", message });
    const again = await download();
    try {
      install(again);
    } catch (thrown) {
      const error = LuaSkillsError.from(thrown, "invalid_archive");
      const text = `${reason}. Automatic redownload and reinstall also failed: ${error.message}`;
      throw new LuaSkillsError(error.code, text, { data: error.data, cause: thrown });
    }
  }
}

/** From the cache when it holds what this address gave: the key has no version, and two skills may share a name. */
async function archiveBytes(
  sources: DependencySources,
  cacheKey: string,
  cacheFile: string,
  url: string,
): Promise<Uint8Array> {
  const { vfs, network, cacheDir } = sources;
  network.requireAllowed();
  const note = sourceNote(cacheFile);
  if (vfs.stat(cacheFile, { followLinks: true })?.kind === "file") {
    const cachedFrom = readTextIfPresent(vfs, note);
    if (cachedFrom === undefined || cachedFrom === url) return vfs.readFile(cacheFile);
  }
  const bytes = await network.bytes(network.downloadUrl(url), { cacheKey });
  vfs.mkdir(cacheDir, { recursive: true });
  vfs.writeFile(cacheFile, bytes);
  vfs.writeFile(note, new TextEncoder().encode(url));
  return bytes;
}

function sourceNote(cacheFile: string): string {
  return `${cacheFile}.source`;
}
