/**
 * From the option `modules` to registered modules.
 * @module
 */
import { messageOf } from "../../base/message-of.ts";
import type { ModuleSource } from "../../contract/contract.ts";
import { LuaSkillsError } from "../../errors.ts";
import { builtInModules } from "../../host/modules/index.ts";
import { moduleOfPage, type PageModuleWire } from "../../modules/definition/host-module.ts";
import { isModuleDef, type ModuleDef } from "../../modules/definition/module-definition.ts";
import type { CommandDispatcher } from "../../modules/dispatcher.ts";
import type { ModuleRegistry } from "../../modules/module-registry.ts";
import type { EngineCore } from "../core.ts";
import { builtInServices } from "./built-in-services.ts";

/** @throws LuaSkillsError `invalid_argument` naming the module */
export async function registerSources(
  registry: ModuleRegistry,
  core: EngineCore,
  dispatcher: CommandDispatcher,
): Promise<void> {
  const { modules = [] } = core.settings.given;
  const known = builtInModules(builtInServices(core, dispatcher), core.platform.namedModules);
  for (const source of [...(core.platform.modules ?? []), ...modules]) {
    if (typeof source === "string") {
      const lazy = known.find((each) => each.name === source);
      if (!lazy) {
        const names = known.map((each) => each.name).join(", ");
        throw new LuaSkillsError(
          "invalid_argument",
          `modules: there is no built-in module "${source}"; there are ${names}`,
        );
      }
      registry.addLazy(lazy);
    } else {
      registry.add(await moduleFrom(source));
    }
  }
}

async function moduleFrom(source: Exclude<ModuleSource, string>): Promise<ModuleDef> {
  if ("page" in source) return moduleOfPage(source as unknown as PageModuleWire);
  return "url" in source ? imported(source.url, source.export) : checked(source);
}

function checked(source: ModuleSource): ModuleDef {
  if (isModuleDef(source)) return source;
  throw new LuaSkillsError(
    "invalid_argument",
    "modules: an entry is a built-in name, { url }, or what defineModule made (of this package's version)",
  );
}

async function imported(url: string | URL, name = "default"): Promise<ModuleDef> {
  const address = String(url);
  let exports: Readonly<Record<string, unknown>>;
  try {
    exports = await import(/* @vite-ignore */ /* webpackIgnore: true */ address);
  } catch (cause) {
    const why = messageOf(cause);
    throw new LuaSkillsError("invalid_argument", `modules: ${address} could not be imported: ${why}`, { cause });
  }
  const found = exports[name];
  if (isModuleDef(found)) return found;
  throw new LuaSkillsError(
    "invalid_argument",
    `modules: the export "${name}" of ${address} is no module; it must be what defineModule made`,
  );
}
