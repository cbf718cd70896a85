/**
 * Planes, authorities and the guard (spec engine.md §8.1).
 * @module
 */
import type { SkillRoot } from "../../contract/contract.ts";
import { LuaSkillsError } from "../../errors.ts";
import { isSystemRoot } from "../registry/roots.ts";

/** `ordinary`: the methods without authority. The others: the `system_*` methods with that authority. */
export type Caller = "ordinary" | "system" | "delegated_tool";
export type Plane = "Skills" | "System";
export type LifecycleAction = "Install" | "Update" | "Uninstall" | "Enable" | "Disable";

export function planeOf(caller: Caller): Plane {
  return caller === "system" ? "System" : "Skills";
}

/** What the guard says against an operation on this root, or undefined. */
export function guardComplaint(plane: Plane, root: SkillRoot, action: LifecycleAction): string | undefined {
  return plane === "Skills" && isSystemRoot(root)
    ? `ROOT skill root is system-controlled and cannot be processed through the skills plane for action ${action}`
    : undefined;
}

export function refused(message: string): LuaSkillsError {
  return new LuaSkillsError("permission_denied", message);
}
