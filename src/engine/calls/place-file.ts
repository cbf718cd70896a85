/**
 * The file of a chunk that Lua names: entries are named by their module, other files by their path, and both are cut where
 * they are long.
 * @module
 */
import { packageFile } from "../../skills/manifest/package-path.ts";
import type { LoadedSkill } from "../../skills/types.ts";
import type { Vfs } from "../../vfs/interface.ts";
import type { EngineCore } from "../core.ts";

/** Files looked through for a path that Lua has cut. */
const mostFiles = 5000;

/** `skill`: whose code it most likely is. */
export function fileOfChunk(core: EngineCore, chunk: string, skill: LoadedSkill | undefined): string | undefined {
  if (chunk.startsWith("/")) return chunk;
  const skills = skill ? [skill, ...core.live.registry.skills] : core.live.registry.skills;
  if (chunk.startsWith("...")) return fileEndingWith(core.services.vfs, skills, chunk.slice(3));
  for (const { dir, manifest } of skills) {
    const entry = manifest.entries.find(({ luaModule }) => isNamed(chunk, luaModule));
    if (entry) return packageFile(dir, entry.luaEntry);
  }
  return undefined;
}

function isNamed(chunk: string, module: string): boolean {
  return chunk === module || (chunk.endsWith("...") && module.startsWith(chunk.slice(0, -3)));
}

function fileEndingWith(vfs: Vfs, skills: readonly LoadedSkill[], ending: string): string | undefined {
  const folders = skills.map(({ dir }) => dir);
  let left = mostFiles;
  for (let folder = folders.shift(); folder !== undefined && left > 0; folder = folders.shift()) {
    for (const name of vfs.list(folder)) {
      left -= 1;
      const path = `${folder}/${name}`;
      const kind = vfs.stat(path)?.kind;
      if (kind === "dir") folders.push(path);
      else if (kind === "file" && path.endsWith(ending)) return path;
    }
  }
  return undefined;
}
