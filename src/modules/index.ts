/**
 * luaskills-wasm/modules: write modules for Lua in TypeScript.
 *
 * @example
 * import { arg, defineModule, fn, t } from "luaskills-wasm/modules";
 *
 * export const greeter = defineModule({
 *   name: "greeter",
 *   description: "Greets",
 *   class: ["deterministic"],
 *   functions: { greet: fn({ params: [arg.string("name")], returns: [t.string], run: (_call, name) => `Hello, ${name}!` }) },
 * });
 *
 * @module
 */
export type { Actor, AuditEvent, Policy, PolicyMeta, SecurityOptions } from "../contract/modules.ts";
export { LuaSkillsError } from "../errors.ts";
export { LuaRaise, type LuaValue } from "../lua/interface.ts";
export type { ModuleClass } from "./classes.ts";
export { asActivity } from "./definition/activity.ts";
export type { ArgumentValues, LuaTable } from "./definition/argument.ts";
export { hostModule } from "./definition/host-module.ts";
export type {
  Argument,
  Call,
  CallSecurity,
  CommandOptions,
  FunctionHandle,
  LogLevel,
  LuaType,
  ModuleFunction,
  ModuleValue,
  RunKind,
  YieldSpec,
} from "./definition/interface.ts";
export { manifest } from "./definition/manifest.ts";
export type { BuiltModule, ModuleDef, ModuleOptions } from "./definition/module-definition.ts";
export type { ErrorKind, LuaError, LuaErrorOptions } from "./definition/module-error.ts";
export { manifestOf } from "./definition/module-manifest.ts";
export type { TypeShape } from "./definition/type-shapes.ts";
export type { CommandContext, CommandGroup, CommandHandler } from "./dispatcher.ts";
export * from "./kit.ts";
export { type AnnotationDialect, type AnnotationFile, generateAnnotations } from "./tooling/annotations.ts";
export { generateTypeScript } from "./tooling/typescript-types.ts";
