/**
 * `defineModule`: a module for Lua, checked and frozen (host-modules.md §2). Nothing touches a VM yet.
 * @module
 */
import { LuaSkillsError } from "../../errors.ts";
import type { LuaValue } from "../../lua/interface.ts";
import { type ModuleClass, moduleClasses } from "../classes.ts";
import type { CommandHandler } from "../dispatcher.ts";
import type { arg } from "./argument.ts";
import { deepFreeze, hasBrand, moduleBrand } from "./brand.ts";
import type { Answer, Call, Immutable, LuaType, ModuleFunction } from "./interface.ts";
import type { Manifest } from "./manifest.ts";
import type { luaError } from "./module-error.ts";
import { type fn, isModuleFunction } from "./module-function.ts";
import { isLuaType } from "./object-type.ts";
import type { immutable, results } from "./results.ts";
import type { t } from "./type-shapes.ts";

export const moduleName = /^[a-z][a-z0-9_]*$/;

/** A bare function as an export reads its arguments itself: `(call) => call.checkString(1)`. */
export type BareFunction = (call: Call) => Answer | Promise<Answer>;
export type ExportValue = ModuleFunction | BareFunction | Immutable | LuaValue;

export interface YieldType {
  /** The number of the command's type (§8.4). */
  readonly command: number;
  readonly kind?: string;
  /** Handles the command when nobody else does. */
  readonly handler?: CommandHandler;
}

/** What `build` makes: a table of exports, or one function. */
export interface BuiltModule {
  readonly exports: Readonly<Record<string, ExportValue>> | ModuleFunction | BareFunction;
  readonly yields?: readonly YieldType[];
}

/** What `build` gets: what modules are written with. */
export interface Builder {
  readonly arg: typeof arg;
  readonly fn: typeof fn;
  readonly t: typeof t;
  readonly results: typeof results;
  readonly immutable: typeof immutable;
  readonly luaError: typeof luaError;
}

export interface ModuleOptions {
  /** `^[a-z][a-z0-9_]*$`; what Lua passes to `require`. */
  readonly name: string;
  /** One line. */
  readonly description: string;
  readonly class: readonly ModuleClass[];
  /** Types of userdata (`defineType`), or the whole manifest; a function is asked at most once. */
  readonly types?: readonly LuaType[] | Manifest | (() => readonly LuaType[] | Manifest);
  readonly functions?: Readonly<Record<string, ModuleFunction>>;
  /** Called at most once per realm, when the module is first needed. */
  readonly build?: (builder: Builder) => BuiltModule;
  readonly constants?: Readonly<Record<string, LuaValue>>;
  /** Actions the module may ask about; for tools and audits. */
  readonly permissions?: readonly string[];
  /** What a wrong argument does in functions that do not say it themselves: it raises (default), or answers `nil, err`. */
  readonly argErrors?: "raise" | "return";
  /** Names the module is bound to as globals, beside `require`. */
  readonly globals?: readonly string[];
  /**
   * Lua half: a chunk run once per VM as `chunk(host, primitives)`; `host` has the functions of the definition,
   * `primitives.modules` the tools for errors, userdata and channels. What it returns is the export.
   */
  readonly lua?: string;
  /** Handlers of commands by name, for `call.command`. */
  readonly commands?: Readonly<Record<string, CommandHandler>>;
}

export interface ModuleDef extends ModuleOptions {
  readonly [moduleBrand]: true;
}

const fields = new Set<keyof ModuleOptions>([
  "name",
  "description",
  "class",
  "types",
  "functions",
  "build",
  "constants",
  "permissions",
  "argErrors",
  "globals",
  "lua",
  "commands",
]);

/**
 * A module for Lua.
 *
 * @example
 * export const greeter = defineModule({
 *   name: "greeter",
 *   description: "Greets",
 *   class: ["deterministic"],
 *   functions: { greet: fn({ params: [arg.string("name")], returns: [t.string], run: (_call, name) => `Hello, ${name}!` }) },
 * });
 *
 * @throws LuaSkillsError `invalid_argument` naming the field
 */
export function defineModule(options: ModuleOptions): ModuleDef {
  const { name } = options;
  const refuse = (text: string) =>
    new LuaSkillsError("invalid_argument", `defineModule${typeof name === "string" ? ` "${name}"` : ""}: ${text}`);
  for (const field of Object.keys(options)) {
    if (!fields.has(field as keyof ModuleOptions)) {
      throw refuse(`unknown field "${field}"; known: ${[...fields].join(", ")}`);
    }
  }
  if (typeof name !== "string" || !moduleName.test(name)) {
    throw refuse(`name must be lower-case letters, digits and _, beginning with a letter, got ${JSON.stringify(name)}`);
  }
  if (typeof options.description !== "string" || options.description.trim() === "" || /\n/.test(options.description)) {
    throw refuse("description must be one line of text");
  }
  checkClasses(options.class, refuse);
  checkExports(options, refuse);
  for (const key of ["permissions", "globals"] as const) {
    const list: unknown = options[key];
    if (list !== undefined && !(Array.isArray(list) && list.every((each) => typeof each === "string"))) {
      throw refuse(`${key} must be a list of texts`);
    }
  }
  if (options.argErrors !== undefined && options.argErrors !== "raise" && options.argErrors !== "return")
    throw refuse(`argErrors must be "raise" or "return", got ${JSON.stringify(options.argErrors)}`);
  if (options.lua !== undefined && typeof options.lua !== "string") throw refuse("lua must be the text of a chunk");
  for (const [key, handler] of Object.entries(options.commands ?? {})) {
    if (typeof handler !== "function") throw refuse(`commands: the handler of "${key}" must be a function`);
  }
  if (Array.isArray(options.types) && !options.types.every(isLuaType)) {
    throw refuse("types must be a list of what defineType made, a manifest, or a function that answers one of them");
  }
  const copy = { ...options, class: [...options.class], [moduleBrand]: true as const };
  for (const member of ["functions", "constants", "class", "permissions", "globals", "commands"] as const) {
    deepFreeze(copy[member]);
  }
  return Object.freeze(copy);
}

export function isModuleDef(value: unknown): value is ModuleDef {
  return hasBrand(value, moduleBrand);
}

type Refuse = (text: string) => LuaSkillsError;

function checkClasses(given: unknown, refuse: Refuse): void {
  if (!Array.isArray(given) || given.length === 0) {
    throw refuse(`class must list at least one of ${moduleClasses.join(", ")}`);
  }
  const seen = new Set<unknown>();
  for (const each of given) {
    if (!moduleClasses.includes(each)) {
      throw refuse(`class has the unknown value ${JSON.stringify(each)}; known: ${moduleClasses.join(", ")}`);
    }
    if (seen.has(each)) throw refuse(`class has "${each}" twice`);
    seen.add(each);
  }
}

function checkExports({ functions, build, constants = {}, lua }: ModuleOptions, refuse: Refuse): void {
  if ((functions === undefined) === (build === undefined)) {
    throw refuse("give either functions or build");
  }
  if (build !== undefined && typeof build !== "function") throw refuse("build must be a function");
  for (const [key, each] of Object.entries(functions ?? {})) {
    if (!isModuleFunction(each)) throw refuse(`functions: "${key}" must be made with fn(...), got ${typeof each}`);
    const called = each.params.find((param) => param.kind === "func");
    if (called && !each.waits && lua === undefined)
      throw refuse(`functions: "${key}" takes a function and does not wait`);
    if (Object.hasOwn(constants, key)) throw refuse(`"${key}" is a function and a constant`);
  }
}
