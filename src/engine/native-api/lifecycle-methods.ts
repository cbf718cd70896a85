/**
 * Lifecycle operations of the JSON API (engine.md §8, §11.2): the ordinary ones and their system forms.
 * @module
 */
import type { Json } from "../../contract/contract.ts";
import type { Caller } from "../../skills/lifecycle/caller.ts";
import type { LifecycleCall, LifecycleContext } from "../../skills/lifecycle/context.ts";
import { installSkill } from "../../skills/lifecycle/install.ts";
import { decodeInstallRequest, type SkillInstallRequest } from "../../skills/lifecycle/install-request.ts";
import { disableSkill, enableSkill } from "../../skills/lifecycle/toggle.ts";
import { uninstallSkill } from "../../skills/lifecycle/uninstall.ts";
import { updateSkill } from "../../skills/lifecycle/update.ts";
import type { OptionReader } from "../../skills/options/option-reader.ts";
import { lifecycleContext } from "../skills/lifecycle.ts";
import { authorityOf, InvalidInput, type JsonMethod, type MethodContext, rootOf, rootsOf } from "./method.ts";

type Operation = (context: LifecycleContext, call: LifecycleCall) => Promise<Json>;
/** Decodes the members of its own; roots and target are common. */
type Decoder = (input: OptionReader) => Operation;

const enable: Decoder = (input) => {
  const skillId = input.required("skill_id").string();
  return async (context, call) => {
    await enableSkill(context, call, skillId);
    return { enabled: true };
  };
};

const disable: Decoder = (input) => {
  const skillId = input.required("skill_id").string();
  const reason = input.optional("reason")?.string();
  return async (context, call) => {
    await disableSkill(context, call, skillId, reason);
    return { disabled: true };
  };
};

const install: Decoder = (input) => {
  const request = decodeInstallRequest(input.required("request").value);
  return (context, call) => installSkill(context, call, request);
};

const update: Decoder = (input) => {
  const request = decodeInstallRequest(input.required("request").value);
  return (context, call) => updateSkill(context, call, request);
};

const uninstall: Decoder = (input) => {
  const skillId = input.required("skill_id").string();
  const options = input.get("options");
  const removal = {
    removeSqlite: options?.get("remove_sqlite")?.boolean() ?? false,
    removeLancedb: options?.get("remove_lancedb")?.boolean() ?? false,
  };
  return (context, call) => uninstallSkill(context, call, skillId, removal);
};

const privately =
  (apply: (context: LifecycleContext, call: LifecycleCall, request: SkillInstallRequest) => Promise<Json>): Decoder =>
  (input) => {
    const skillId = input.required("skill_id").string();
    const source = input.required("manifest_url").string();
    return (context, call) => apply(context, call, { skillId, source, sourceType: "private_url_manifest" });
  };

/** A `target_root` is only looked at where the operation has one. */
function method(
  decode: Decoder,
  callerOf: (input: OptionReader, context: MethodContext) => Caller,
  hasTarget: boolean,
): JsonMethod {
  return (input, context) => {
    const roots = rootsOf(input);
    const target = hasTarget ? input.optional("target_root") : undefined;
    const targetRoot = target && rootOf(target);
    const operation = decode(input);
    const caller = callerOf(input, context);
    const { signal } = context;
    return (engine) =>
      engine.queue.run(() =>
        operation(lifecycleContext(engine, context.requestId), { caller, roots, targetRoot, signal }),
      );
  };
}

const ordinary = (): Caller => "ordinary";
const system = (input: OptionReader, { fn }: MethodContext): Caller => authorityOf(input, fn);
const hostOnly = (input: OptionReader, { fn }: MethodContext): Caller => {
  if (authorityOf(input, fn) === "system") return "system";
  throw new InvalidInput(`${fn} requires system authority for private URL manifest operations`);
};

export const lifecycleMethods: Readonly<Record<string, JsonMethod>> = {
  enable_skill: method(enable, ordinary, false),
  disable_skill: method(disable, ordinary, false),
  install_skill: method(install, ordinary, true),
  update_skill: method(update, ordinary, true),
  uninstall_skill: method(uninstall, ordinary, true),
  system_enable_skill: method(enable, system, false),
  system_disable_skill: method(disable, system, false),
  system_install_skill: method(install, system, true),
  system_update_skill: method(update, system, true),
  system_uninstall_skill: method(uninstall, system, true),
  system_private_install_skill_from_url_manifest: method(privately(installSkill), hostOnly, true),
  system_private_update_skill_from_url_manifest: method(privately(updateSkill), hostOnly, true),
};
