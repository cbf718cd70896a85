/**
 * Which root an operation works on (spec engine.md §8.1, §8.3).
 * @module
 */
import type { SkillRoot } from "../../contract/contract.ts";
import { LuaSkillsError } from "../../errors.ts";
import type { Vfs } from "../../vfs/interface.ts";
import { declaredInstance, type SkillInstance } from "../registry/instances.ts";
import { isSystemRoot, type RootChainPolicy, rootLabel, sameRoot } from "../registry/roots.ts";
import { isDirectory } from "../vfs-text.ts";
import { type Caller, type LifecycleAction, planeOf, refused } from "./caller.ts";

/** Membership, then authority. @throws LuaSkillsError `invalid_argument` | `permission_denied`. */
export function requireExplicitTarget(
  roots: readonly SkillRoot[],
  target: SkillRoot,
  caller: Caller,
  action: LifecycleAction,
  policy: RootChainPolicy,
): void {
  if (!roots.some((root) => sameRoot(root, target)))
    throw new LuaSkillsError(
      "invalid_argument",
      `target root '${target.name}' at ${target.skills_dir} is not part of the full runtime root chain`,
      { data: { root: target.name, skillsDir: target.skills_dir } },
    );
  if (isSystemRoot(target) && caller === "ordinary")
    throw refused(`ordinary skills plane cannot ${action} the system-controlled ROOT skill root`);
  if (isSystemRoot(target) && caller === "delegated_tool")
    throw refused(`DelegatedTool authority cannot ${action} the system-controlled ROOT skill root`);
  if (caller === "ordinary" && policy === "formal" && !["PROJECT", "USER"].includes(rootLabel(target)))
    throw refused(`ordinary skills plane can only ${action} PROJECT or USER skill roots; got '${target.name}'`);
}

/** The root an install without explicit target goes to. */
export function defaultInstallRoot(
  vfs: Vfs,
  roots: readonly SkillRoot[],
  caller: Caller,
  policy: RootChainPolicy,
): SkillRoot {
  const labelled = (label: string) => roots.find((root) => rootLabel(root) === label && root.readOnly !== true);
  if (policy === "open") {
    const existing = roots.filter((root) => root.readOnly !== true && isDirectory(vfs, root.skills_dir)).at(-1);
    if (existing === undefined) throw new LuaSkillsError("invalid_argument", "at least one skill root is required");
    return existing;
  }
  if (planeOf(caller) === "System") {
    const root = labelled("ROOT");
    if (root !== undefined) return root;
    throw refused(
      "system install requires a configured ROOT skill root; ordinary PROJECT/USER layers must be managed through the skills plane",
    );
  }
  const root = labelled("USER") ?? labelled("PROJECT");
  if (root !== undefined) return root;
  throw refused("ordinary skills plane requires a PROJECT or USER skill root; ROOT is system-controlled");
}

/** The declared instance in exactly this root. */
export function instanceIn(vfs: Vfs, root: SkillRoot, skillId: string): SkillInstance | undefined {
  return declaredInstance(vfs, [root], skillId);
}

/** ROOT occupancy: an id that ROOT declares cannot be installed or updated below it, whoever asks. */
export function requireNotRootOwned(
  vfs: Vfs,
  roots: readonly SkillRoot[],
  target: SkillRoot,
  skillId: string,
  action: LifecycleAction,
): void {
  if (isSystemRoot(target)) return;
  const owner = declaredInstance(vfs, roots.filter(isSystemRoot), skillId);
  if (owner !== undefined)
    throw refused(
      `skill '${skillId}' is managed by the ROOT system layer at ${owner.dir}; ${action} in '${target.name}' is not allowed until the ROOT skill is removed`,
    );
}

/** An explicit target must not be a fallback behind a higher root that has the id. */
export function requireNotShadowed(vfs: Vfs, roots: readonly SkillRoot[], target: SkillRoot, skillId: string): void {
  const position = roots.findIndex((root) => sameRoot(root, target));
  const shadow = declaredInstance(vfs, roots.slice(0, Math.max(0, position)), skillId);
  if (shadow !== undefined)
    throw new LuaSkillsError(
      "conflict",
      `skill '${skillId}' in target root '${target.name}' is shadowed by higher-priority root '${shadow.root.name}'; update the higher-priority layer or remove that override before changing this fallback root`,
      { data: { skillId, shadowedBy: shadow.root.name } },
    );
}

/** @throws LuaSkillsError `permission_denied` */
export function requireWritable({ root, skillId }: SkillInstance, action: LifecycleAction): void {
  if (root.readOnly !== true) return;
  throw refused(`the root '${root.name}' is read-only: ${action} of '${skillId}' would change it`);
}
