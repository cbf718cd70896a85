/**
 * The modules of one engine: definitions by name, and the commands that come with them. Faults show here, at the start.
 * @module
 */
import { oncePer } from "../base/once-per.ts";
import { LuaSkillsError } from "../errors.ts";
import type { ModuleClass } from "./classes.ts";
import { arg } from "./definition/argument.ts";
import { type BuiltModule, type ModuleDef, moduleName } from "./definition/module-definition.ts";
import { luaError } from "./definition/module-error.ts";
import { fn } from "./definition/module-function.ts";
import { immutable, results } from "./definition/results.ts";
import { t } from "./definition/type-shapes.ts";
import type { CommandDispatcher } from "./dispatcher.ts";

/** A module that is known by name and loaded when code may use it. */
export interface LazyModule {
  readonly name: string;
  readonly class: readonly ModuleClass[];
  readonly load: () => Promise<ModuleDef>;
}

export class ModuleRegistry {
  readonly #definitions = new Map<string, ModuleDef>();
  readonly #lazy = new Map<string, LazyModule>();
  readonly #loading = new Map<string, Promise<ModuleDef>>();

  constructor(private readonly dispatcher: CommandDispatcher) {}

  /** @throws LuaSkillsError `invalid_argument`: `module "<name>" already registered`, colliding commands */
  add(definition: ModuleDef): void {
    this.#free(definition.name);
    this.#adopt(definition);
  }

  addLazy(module: LazyModule): void {
    this.#free(module.name);
    this.#lazy.set(module.name, module);
  }

  /** Names and classes of everything registered. */
  facts(name: string): { readonly name: string; readonly class: readonly ModuleClass[] } | undefined {
    return this.#definitions.get(name) ?? this.#lazy.get(name);
  }

  names(): string[] {
    return [...this.#definitions.keys(), ...this.#lazy.keys()].sort();
  }

  /** Undefined until it is loaded. */
  get(name: string): ModuleDef | undefined {
    return this.#definitions.get(name);
  }

  async load(name: string): Promise<ModuleDef | undefined> {
    const lazy = this.#lazy.get(name);
    if (!lazy) return this.#definitions.get(name);
    let loading = this.#loading.get(name);
    if (!loading) {
      loading = lazy.load().then((definition) => {
        this.#lazy.delete(name);
        this.#adopt(definition);
        return definition;
      });
      this.#loading.set(name, loading);
      // A file that could not be fetched may be there the next time.
      loading.catch(() => this.#loading.delete(name));
    }
    return loading;
  }

  #free(name: string): void {
    if (this.facts(name)) throw new LuaSkillsError("invalid_argument", `module "${name}" already registered`);
  }

  #adopt(definition: ModuleDef): void {
    const { name, commands = {} } = definition;
    // Numbers in the order of the names, so that two engines with the same modules agree.
    for (const [key, each] of Object.entries(definition.functions ?? {})) {
      if (each.waits) this.dispatcher.own(this.dispatcher.idOf(`${name}.${key}`), name);
    }
    for (const { command, handler } of definition.build ? (built(definition).yields ?? []) : []) {
      this.dispatcher.own(command, name);
      if (handler && !this.dispatcher.has(command)) this.dispatcher.register(command, handler);
    }
    for (const [command, handler] of Object.entries(commands)) this.dispatcher.register(`${name}/${command}`, handler);
    this.#definitions.set(name, definition);
  }
}

/** What `build` of a definition makes: once per realm. */
export const built = oncePer((definition: ModuleDef): BuiltModule => {
  const made = definition.build?.({ arg, fn, t, results, immutable, luaError }) ?? {
    exports: definition.functions ?? {},
  };
  if ((typeof made?.exports !== "object" && typeof made?.exports !== "function") || made.exports === null) {
    throw new LuaSkillsError(
      "invalid_argument",
      `module "${definition.name}": build must answer { exports, yields? }, exports being a table or a function`,
    );
  }
  return made;
});

/** @throws LuaSkillsError `invalid_argument` for a text that cannot be a module's name */
export function checkModuleName(name: unknown): asserts name is string {
  if (typeof name === "string" && moduleName.test(name)) return;
  throw new LuaSkillsError("invalid_argument", `${JSON.stringify(name)} is not the name of a module`);
}
