/**
 * What a built-in module is made of: the kit of src/modules (each module is a file of its own, which must not bring a
 * second copy) and the engine's services.
 * @module
 */
import type { Limits } from "../../limits.ts";
import type { ModuleDef } from "../../modules/definition/module-definition.ts";
import type { CommandDispatcher } from "../../modules/dispatcher.ts";
import type {
  arg,
  defineModule,
  defineType,
  fn,
  fromUnknown,
  immutable,
  luaError,
  results,
  t,
} from "../../modules/kit.ts";
import type { HostServices } from "../services.ts";

export interface ModuleKit {
  readonly arg: typeof arg;
  readonly fn: typeof fn;
  readonly t: typeof t;
  readonly defineModule: typeof defineModule;
  readonly defineType: typeof defineType;
  readonly immutable: typeof immutable;
  readonly luaError: typeof luaError;
  readonly fromUnknown: typeof fromUnknown;
  readonly results: typeof results;
}

export interface BuiltInServices {
  readonly host: HostServices;
  readonly limits: Limits;
  readonly dispatcher: CommandDispatcher;
  /** What the host says about single modules, by their names. */
  readonly options?: Readonly<Record<string, unknown>>;
}

export type BuiltInModule = (kit: ModuleKit, services: BuiltInServices) => ModuleDef;
