import type { BuiltInServices } from "../../host/modules/services.ts";
import type { CommandDispatcher } from "../../modules/dispatcher.ts";
import type { EngineCore } from "../core.ts";
import { callSkill } from "./call-skill.ts";

/** What the built-in modules are given of an engine. */
export function builtInServices(core: EngineCore, dispatcher: CommandDispatcher): BuiltInServices {
  return {
    host: core.services.host,
    limits: core.settings.limits,
    dispatcher,
    stores: core.settings.given.stores ?? {},
    callSkill: (call, target, args, options) => callSkill(core, call, target, args, options),
    options: core.settings.given.moduleOptions,
  };
}
