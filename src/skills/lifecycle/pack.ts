/**
 * A package out of a root, as it would be installed.
 * @module
 */
import type { SkillRoot } from "../../contract/contract.ts";
import { LuaSkillsError } from "../../errors.ts";
import { exportZip } from "../../vfs/archive.ts";
import type { Vfs } from "../../vfs/interface.ts";
import { declaredInstance } from "../registry/instances.ts";

/** @throws LuaSkillsError `not_found` */
export function packSkill(
  vfs: Vfs,
  roots: readonly SkillRoot[],
  skillId: string,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const instance = declaredInstance(vfs, roots, skillId);
  if (instance) return exportZip(vfs, instance.dir, { folder: skillId, signal });
  throw new LuaSkillsError("not_found", `skill '${skillId}' is not installed`, { data: { skillId } });
}
