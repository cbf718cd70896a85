/**
 * Folders with a skill.yaml in them whose names cannot be skill ids: the native engine passes over them in silence.
 * @module
 */
import type { SkillRoot } from "../../contract/contract.ts";
import type { Vfs } from "../../vfs/interface.ts";
import { identifierComplaint, isIdentifier } from "../manifest/identifiers.ts";
import { nearestIdentifier } from "../manifest/nearest-identifier.ts";
import { isDirectory } from "../vfs-text.ts";
import type { SkillInstance } from "./instances.ts";
import { skillDirIn } from "./roots.ts";

/** By root, then as the folder lists them. */
export function strayFolders(vfs: Vfs, roots: readonly SkillRoot[]): SkillInstance[] {
  return roots.flatMap((root) => {
    if (!isDirectory(vfs, root.skills_dir)) return [];
    return vfs
      .list(root.skills_dir)
      .filter((name) => !isIdentifier(name))
      .map((name) => ({ skillId: name, root, dir: skillDirIn(root, name) }))
      .filter(
        ({ dir }) => isDirectory(vfs, dir) && vfs.stat(`${dir}/skill.yaml`, { followLinks: true })?.kind === "file",
      );
  });
}

export function strayFolderText(name: string): string {
  const better = nearestIdentifier(name);
  const hint = isIdentifier(better) ? `; rename it to '${better}'` : "";
  return `the folder '${name}' holds a skill.yaml but is not loaded: the name of the folder is the skill_id, and ${identifierComplaint("skill_id")}${hint}`;
}
