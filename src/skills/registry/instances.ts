/**
 * Which folder stands for a skill id: declared and effective instances (spec engine.md §3.2).
 * @module
 */

import { compareBytes } from "../../base/bytes/byte-order.ts";
import type { SkillRoot } from "../../contract/contract.ts";
import { LuaSkillsError } from "../../errors.ts";
import type { Vfs } from "../../vfs/interface.ts";
import type { ManifestCache } from "../manifest/cache.ts";
import { manifestEnabled, readManifestFile } from "../manifest/file.ts";
import { isIdentifier } from "../manifest/identifiers.ts";
import { isDirectory, reasonText } from "../vfs-text.ts";
import type { YamlFile } from "../yaml/yaml.ts";
import { skillDirIn } from "./roots.ts";

export interface SkillInstance {
  readonly skillId: string;
  readonly root: SkillRoot;
  readonly dir: string;
}

export interface EffectiveInstance extends SkillInstance {
  /** The manifest, when it could be read; a folder without one is effective too and fails later. */
  readonly manifest: YamlFile | undefined;
  /** Set when the manifest has a fault that aborts a load under a strict policy (§3.5). */
  readonly fault: LuaSkillsError | undefined;
}

/** First root in the chain that has the folder, whatever its state. */
export function declaredInstance(vfs: Vfs, roots: readonly SkillRoot[], skillId: string): SkillInstance | undefined {
  for (const root of roots) {
    const dir = skillDirIn(root, skillId);
    if (isDirectory(vfs, dir)) return { skillId, root, dir };
  }
  return undefined;
}

/**
 * Effective instances in id order. Reads the manifest of every winning folder.
 * @throws LuaSkillsError when a root cannot be listed and, unless `keepFaulty`, for a manifest fault that aborts a load.
 */
export function effectiveInstances(
  vfs: Vfs,
  roots: readonly SkillRoot[],
  options: { readonly keepFaulty: boolean; readonly manifests?: ManifestCache | undefined },
): EffectiveInstance[] {
  options.manifests?.beginLook();
  const ids = new Set<string>();
  for (const root of roots) for (const id of skillFolders(vfs, root)) ids.add(id);
  const found: EffectiveInstance[] = [];
  for (const skillId of [...ids].sort(compareBytes)) {
    const instance = declaredInstance(vfs, roots, skillId);
    if (instance === undefined || vfs.list(instance.dir).length === 0) continue;
    try {
      const manifest = readManifestFile(vfs, instance.dir, options.manifests);
      if (manifest !== undefined && !manifestEnabled(manifest)) continue;
      found.push({ ...instance, manifest, fault: undefined });
    } catch (thrown) {
      if (!options.keepFaulty) throw thrown;
      found.push({ ...instance, manifest: undefined, fault: LuaSkillsError.from(thrown, "invalid_manifest") });
    }
  }
  return found;
}

/** Identifier-named sub-directories of a root; a root that does not exist is empty. */
function skillFolders(vfs: Vfs, root: SkillRoot): string[] {
  if (vfs.stat(root.skills_dir, { followLinks: true }) === undefined) return [];
  let names: string[];
  try {
    names = vfs.list(root.skills_dir);
  } catch (thrown) {
    throw new LuaSkillsError("storage_error", `Failed to read ${root.skills_dir}: ${reasonText(thrown)}`, {
      data: { root: root.name, path: root.skills_dir },
      cause: thrown,
    });
  }
  return names.filter((name) => isIdentifier(name) && isDirectory(vfs, skillDirIn(root, name)));
}
