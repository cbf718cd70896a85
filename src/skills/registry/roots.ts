/**
 * The root chain (spec engine.md §3.1): labels, order, and the directories that belong to a root.
 * @module
 */

import { joinPath, parentPath } from "../../base/path-text.ts";
import { normalise } from "../../base/paths.ts";
import type { SkillRoot } from "../../contract/contract.ts";
import { LuaSkillsError } from "../../errors.ts";
import type { HostOptions } from "../options/host-options.ts";

export type RootChainPolicy = "formal" | "open";

const formalOrder = ["ROOT", "PROJECT", "USER"];

/** The label rules compare by; descriptors keep the host's spelling. */
export function rootLabel(root: SkillRoot): string {
  return root.name.trim().toUpperCase();
}

/** The system layer, protected under both policies (§0.2). */
export function isSystemRoot(root: SkillRoot): boolean {
  return rootLabel(root) === "ROOT";
}

/** @throws LuaSkillsError `invalid_argument` with the text of §3.1; the open policy accepts every chain of absolute paths. */
export function validateRootChain(roots: readonly SkillRoot[], policy: RootChainPolicy): void {
  if (policy === "formal") requireFormalOrder(roots);
  for (const root of roots) {
    if (!root.skills_dir.startsWith("/"))
      throw refusal(
        `skills_dir '${root.skills_dir}' of root '${root.name}' must be an absolute path of the virtual filesystem, e.g. /runtime/skills`,
        root,
      );
  }
}

function requireFormalOrder(roots: readonly SkillRoot[]): void {
  const seen: string[] = [];
  for (const root of roots) {
    const label = rootLabel(root);
    const rank = formalOrder.indexOf(label);
    if (rank < 0)
      throw refusal(`unsupported skill root label '${root.name}'; expected one of ROOT, PROJECT, USER`, root);
    if (seen.includes(label))
      throw refusal(`duplicate skill root label '${label}'; only one ROOT, PROJECT, and USER root is supported`, root);
    if (seen.some((earlier) => formalOrder.indexOf(earlier) > rank))
      throw refusal("skill roots must be ordered by fixed priority ROOT -> PROJECT -> USER", root);
    seen.push(label);
  }
  if (!seen.includes("ROOT")) throw refusal("ROOT skill root is required; pass a ROOT layer before starting LuaSkills");
}

/** Same name, as it is written, and same directory: how an explicit target is recognised in a chain. */
export function sameRoot(a: SkillRoot, b: SkillRoot): boolean {
  return a.name === b.name && normalise(a.skills_dir) === normalise(b.skills_dir);
}

/** Parent of `skills_dir`, or itself when it has none (§0.3). */
export function runtimeRootOf(root: SkillRoot): string {
  return parentPath(root.skills_dir) ?? root.skills_dir;
}

export function skillDirIn(root: SkillRoot, skillId: string): string {
  return joinPath(root.skills_dir.replace(/(?<=.)\/+$/, ""), skillId);
}

export function stateDirOf(root: SkillRoot, options: HostOptions): string {
  return joinPath(runtimeRootOf(root), options.stateDirName);
}

export function dependencyDirOf(root: SkillRoot, options: HostOptions): string {
  return joinPath(runtimeRootOf(root), options.dependencyDirName);
}

export function databaseDirOf(root: SkillRoot, options: HostOptions): string {
  return joinPath(runtimeRootOf(root), options.databaseDirName);
}

function refusal(message: string, root?: SkillRoot): LuaSkillsError {
  return new LuaSkillsError("invalid_argument", message, root === undefined ? {} : { data: { root: root.name } });
}
