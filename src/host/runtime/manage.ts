/**
 * `vulcan.runtime.skills.*` past its first check (vulcan-api.md §6.2): what may be managed, and the host's callback.
 * @module
 */
import { isObject } from "../../base/is-object.ts";
import { messageOf } from "../../base/message-of.ts";
import type { Json } from "../../contract/contract.ts";
import { type HostCallContext, LuaRaise } from "../../lua/interface.ts";
import { fail } from "../arguments.ts";
import type { EngineAccess } from "../run.ts";
import type { HostServices } from "../services.ts";
import { targetsRoot } from "./targets-root.ts";

export async function askHost(
  services: HostServices,
  engine: EngineAccess,
  { action, label, input }: { readonly action: string; readonly label: string; readonly input: Json },
  { vm, signal }: HostCallContext,
): Promise<Json> {
  if (targetsRoot(input)) throw new LuaRaise(`${label} cannot target the system-controlled ROOT layer`);
  const callback = services.callbacks.skillManagement;
  if (!callback) {
    fail(label, "Runtime skill management bridge is enabled but no host callback is registered");
  }
  const skill = isObject(input) ? input.skill_id : undefined;
  const resource = typeof skill === "string" ? `${action}:${skill}` : action;
  const refusal = await engine.refusal(vm, "skill.manage", resource, signal);
  if (refusal !== undefined) throw new LuaRaise(`${label}: ${refusal.text}`);
  try {
    const request = { action, authority: "delegated_tool", input };
    return await engine.whileWaiting(vm, async () => callback(request, { signal, skill: engine.subjectOf(vm) }));
  } catch (error) {
    fail(label, messageOf(error));
  }
}
