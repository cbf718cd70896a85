/**
 * Fetching a dependency archive and unpacking it, with the one retry of spec engine.md §9.3 step 5.
 * @module
 */
import { LuaSkillsError } from "../../errors.ts";
import type { ArchiveLimits } from "../../vfs/archive.ts";
import { joinPath } from "../skill-path.ts";
import { checksumComplaint } from "../sources/checksum.ts";
import { readTextIfPresent, reasonText, removeTree } from "../vfs-text.ts";
import { installExports } from "./dependency-install.ts";
import { installRoot, pathPart } from "./dependency-layout.ts";
import type { Dependency } from "./dependency-manifest.ts";
import type { DependencySources, ResolvedDependency } from "./dependency-source.ts";
import { expandExports } from "./dependency-template.ts";

/** @throws LuaSkillsError; the cache file and the install root are gone then. */
export async function downloadDependency(
  sources: DependencySources,
  dependencyDir: string,
  dependency: Dependency,
  resolved: ResolvedDependency,
  limits: ArchiveLimits,
): Promise<void> {
  const cacheFile = joinPath(sources.cacheDir, cacheName(dependency, resolved));
  const root = installRoot(dependencyDir, resolved.version, resolved.chosen.directory);
  const attempt = async () => {
    try {
      const bytes = await archiveBytes(sources, cacheFile, resolved.url);
      const { archiveType, exports, sha256 } = resolved.chosen.package;
      const mismatch = sha256 === undefined ? undefined : checksumComplaint(bytes, cacheFile, sha256);
      if (mismatch !== undefined) throw new LuaSkillsError("invalid_archive", mismatch);
      const targets = expandExports(dependency.name, exports, resolved.values);
      installExports(sources.vfs, root, { bytes, file: cacheFile, type: archiveType }, targets, limits);
    } catch (thrown) {
      removeTree(sources.vfs, cacheFile);
      removeTree(sources.vfs, sourceNote(cacheFile));
      removeTree(sources.vfs, root);
      throw thrown;
    }
  };
  try {
    await attempt();
  } catch (first) {
    if (first instanceof LuaSkillsError && first.code === "aborted") throw first;
    try {
      await attempt();
    } catch (second) {
      const error = LuaSkillsError.from(second, "invalid_archive");
      throw new LuaSkillsError(
        error.code,
        `${reasonText(first)}. Automatic redownload and reinstall also failed: ${error.message}`,
        { data: error.data, cause: second },
      );
    }
  }
}

/** From the cache when it holds what this address gave: the key has no version, and two skills may share a name. */
async function archiveBytes(sources: DependencySources, cacheFile: string, url: string): Promise<Uint8Array> {
  const { vfs, network, cacheDir } = sources;
  network.requireAllowed();
  const note = sourceNote(cacheFile);
  if (vfs.stat(cacheFile, { followLinks: true })?.kind === "file") {
    const cachedFrom = readTextIfPresent(vfs, note);
    if (cachedFrom === undefined || cachedFrom === url) return vfs.readFile(cacheFile);
  }
  const bytes = await network.bytes(network.downloadUrl(url));
  vfs.mkdir(cacheDir, { recursive: true });
  vfs.writeFile(cacheFile, bytes);
  vfs.writeFile(note, new TextEncoder().encode(url));
  return bytes;
}

function sourceNote(cacheFile: string): string {
  return `${cacheFile}.source`;
}

/** `<kind>-<name>-<platform>` and the extension the address shows. */
function cacheName(dependency: Dependency, resolved: ResolvedDependency): string {
  const path = resolved.url.replace(/[?#].*$/, "");
  const extension = /\.tar\.gz$/i.test(path)
    ? ".tar.gz"
    : (/\.[A-Za-z0-9]+$/.exec(path.slice(path.lastIndexOf("/") + 1))?.[0] ?? "");
  return `${pathPart(`${dependency.kind}-${dependency.name}-${resolved.chosen.directory}`)}${extension}`;
}
