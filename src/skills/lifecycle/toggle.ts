/**
 * Enabling and disabling (spec engine.md §8.4): guard, marker, reload, event.
 * @module
 */
import { LuaSkillsError } from "../../errors.ts";
import { requireIdentifier } from "../manifest/identifiers.ts";
import { declaredInstance } from "../registry/instances.ts";
import { validateRootChain } from "../registry/roots.ts";
import { StateFiles } from "../registry/state-files.ts";
import { reasonText } from "../vfs-text.ts";
import { guardComplaint, type LifecycleAction, planeOf, refused } from "./caller.ts";
import type { LifecycleCall, LifecycleContext } from "./context.ts";
import { lifecycleEvent } from "./package-change.ts";
import { requireWritable } from "./target-root.ts";

/** `enable_skill`, `system_enable_skill`. Enabling what is not disabled succeeds. @throws LuaSkillsError. */
export function enableSkill(context: LifecycleContext, call: LifecycleCall, skillId: string): Promise<void> {
  return toggle(context, call, skillId, "Enable", (state, id) => state.enable(id));
}

/** `disable_skill_in_roots`, `system_disable_skill_in_roots`. @throws LuaSkillsError. */
export function disableSkill(
  context: LifecycleContext,
  call: LifecycleCall,
  skillId: string,
  reason?: string,
): Promise<void> {
  return toggle(context, call, skillId, "Disable", (state, id) => {
    state.createDirectories();
    state.disable(id, reason, context.clock.now());
  });
}

async function toggle(
  context: LifecycleContext,
  call: LifecycleCall,
  skillId: string,
  action: LifecycleAction,
  change: (state: StateFiles, skillId: string) => void,
): Promise<void> {
  validateRootChain(call.roots, context.rootChainPolicy);
  // Blanks around an id are no fault of the identifier, but no folder is called so.
  requireIdentifier(skillId, "skill_id");
  const instance = declaredInstance(context.vfs, call.roots, skillId);
  if (instance === undefined)
    throw new LuaSkillsError("not_found", `declared skill instance '${skillId}' not found`, { data: { skillId } });
  requireWritable(instance, action);
  const plane = planeOf(call.caller);
  const emit = (status: string, message: string | null) =>
    context.emitLifecycle(lifecycleEvent(plane, action, instance, status, message));
  const complaint = guardComplaint(plane, instance.root, action);
  if (complaint !== undefined) {
    emit("blocked", complaint);
    throw refused(complaint);
  }
  try {
    change(new StateFiles(context.vfs, instance.root, context.options), skillId);
    await context.step?.("marker-changed");
  } catch (thrown) {
    emit("failed", reasonText(thrown));
    throw LuaSkillsError.from(thrown, "storage_error");
  }
  // A failed reload leaves the marker as it is and emits nothing (§8.4).
  await context.reload(call.roots);
  await context.step?.("runtime-reloaded");
  await context.commit();
  emit("completed", null);
}
