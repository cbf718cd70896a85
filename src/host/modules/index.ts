/**
 * The built-in modules by name (host-modules.md §14). Each is a file of its own, loaded when code may use it.
 * @module
 */
import type { ModuleClass } from "../../modules/classes.ts";
import { arg, defineModule, defineType, fn, fromUnknown, immutable, luaError, results, t } from "../../modules/kit.ts";
import type { LazyModule } from "../../modules/module-registry.ts";
import type { BuiltInModule, BuiltInServices } from "./services.ts";

const kit = { arg, defineModule, defineType, fn, fromUnknown, immutable, luaError, results, t };

interface BuiltIn {
  readonly class: readonly ModuleClass[];
  readonly load: () => Promise<BuiltInModule>;
}

const builtIns: Readonly<Record<string, BuiltIn>> = {
  json: { class: ["encoding", "deterministic"], load: () => import("./json.ts").then((file) => file.jsonModule) },
};

/** A module another room of this package brings under its own name. */
export interface NamedModule {
  readonly class: readonly ModuleClass[];
  load(): Promise<BuiltInModule>;
}

export function builtInModules(
  services: BuiltInServices,
  named: Readonly<Record<string, NamedModule>> = {},
): readonly LazyModule[] {
  return [
    ...Object.entries(builtIns).map(([name, builtIn]) => ({
      name,
      class: builtIn.class,
      load: async () => (await builtIn.load())(kit, services),
    })),
    ...Object.entries(named).map(([name, module]) => ({
      name,
      class: module.class,
      load: async () => (await module.load())(kit, services),
    })),
  ];
}
