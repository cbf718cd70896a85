/**
 * `hostModule`: a module whose functions run on the page while the engine is in a worker. Only data crosses, so every
 * function has to wait, and types of userdata stay out.
 * @module
 */
import type { ModuleAddress } from "../../contract/modules.ts";
import { LuaSkillsError } from "../../errors.ts";
import type { LuaValue } from "../../lua/interface.ts";
import { arg } from "./argument.ts";
import type { Argument, Call, ModuleFunction, Permission } from "./interface.ts";
import { defineModule, type ModuleDef } from "./module-definition.ts";
import { fn } from "./module-function.ts";
import { isResults, results } from "./results.ts";
import type { TypeShape } from "./type-shapes.ts";

/** What the engine needs to know of such a module; structured-cloneable. */
export interface PageModuleWire {
  readonly page: true;
  readonly name: string;
  readonly description: string;
  readonly class: readonly string[];
  readonly functions: Readonly<
    Record<
      string,
      {
        readonly params: readonly WireArgument[];
        readonly returns: readonly TypeShape[];
        readonly description?: string;
      }
    >
  >;
  readonly constants?: Readonly<Record<string, LuaValue>>;
}

type WireArgument = Pick<Argument, "kind" | "name" | "optional"> & {
  readonly fallback?: unknown;
  readonly fields?: Readonly<Record<string, WireArgument>>;
  readonly element?: WireArgument;
};

const onPage = Symbol.for("luaskills-wasm/module-on-page");

/** Several results, as data. */
interface Several {
  readonly $results: readonly LuaValue[];
}

/** The permission a call needs, as data. */
interface Asked {
  readonly $permission: Permission;
}

/**
 * Runs the functions of a module on the page: `modules: [hostModule(geo)]`. They get a `call` with `signal`, `module` and
 * `functionName`; what else a call can do belongs to the engine.
 * @throws LuaSkillsError `invalid_argument` naming the function that is synchronous, or the member that cannot cross
 */
export function hostModule(module: ModuleDef): ModuleAddress & ModuleDef {
  const refuse = (text: string) => new LuaSkillsError("invalid_argument", `module "${module.name}": ${text}`);
  if (module.build || module.lua !== undefined || module.types !== undefined) {
    throw refuse("build, lua and types cannot cross to the engine's worker; load the module there (serveEngine)");
  }
  const functions: Record<string, { params: WireArgument[]; returns: readonly TypeShape[]; description?: string }> = {};
  const commands: Record<string, (payload: never, context: { readonly signal: AbortSignal }) => unknown> = {};
  for (const [name, each] of Object.entries(module.functions ?? {})) {
    if (!each.waits) {
      throw refuse(
        `"${name}" is synchronous and cannot run on the page; load the module in the worker, or make it async`,
      );
    }
    functions[name] = {
      params: each.params.map((param) =>
        wired(param, () => refuse(`"${name}" takes a function or userdata, which cannot cross to the page`)),
      ),
      returns: each.returns,
      ...(each.description === undefined ? {} : { description: each.description }),
    };
    commands[`${module.name}.${name}`] = runner(module, name, each);
  }
  const { name, description, class: classes, constants } = module;
  const wire: PageModuleWire = {
    page: true,
    name,
    description,
    class: classes,
    functions,
    ...(constants ? { constants } : {}),
  };
  return Object.freeze({ ...module, url: "", [onPage]: { wire, commands: { ...commands, ...module.commands } } });
}

function wired({ kind, name, optional, fallback, fields, element }: Argument, refuse: () => Error): WireArgument {
  if (kind === "func" || kind === "object") throw refuse();
  return {
    kind,
    name,
    optional,
    ...(fallback === undefined ? {} : { fallback }),
    ...(fields
      ? { fields: Object.fromEntries(Object.entries(fields).map(([key, field]) => [key, wired(field, refuse)])) }
      : {}),
    ...(element ? { element: wired(element, refuse) } : {}),
  };
}

function runner(module: ModuleDef, name: string, { run, permission }: ModuleFunction) {
  return async (
    { args, permitted }: { readonly args: readonly unknown[]; readonly permitted: boolean },
    { signal }: { readonly signal: AbortSignal },
  ): Promise<LuaValue | Several | Asked> => {
    // Which permission it needs is known here; whether it is given is decided in the engine.
    if (permission && !permitted) return { $permission: permission(...(args as never[])) };
    const call = { module: module.name, functionName: name, signal } as unknown as Call;
    const answer = await run(call, ...(args as never[]));
    return isResults(answer) ? { $results: answer.values as readonly LuaValue[] } : (answer as LuaValue);
  };
}

/** The engine's half: every function is a command to the page. */
export function moduleOfPage({ name, description, class: classes, functions, constants }: PageModuleWire): ModuleDef {
  return defineModule({
    name,
    description,
    class: classes as ModuleDef["class"],
    ...(constants ? { constants } : {}),
    functions: Object.fromEntries(
      Object.entries(functions).map(([key, each]) => [
        key,
        fn({
          params: each.params.map(rebuilt),
          returns: each.returns,
          ...(each.description === undefined ? {} : { description: each.description }),
          run: async (call, ...args: unknown[]) => {
            let answer = await call.command(`${name}.${key}`, { args, permitted: false });
            const asked = (answer as unknown as Partial<Asked> | undefined)?.$permission;
            if (asked) {
              call.require(...asked);
              answer = await call.command(`${name}.${key}`, { args, permitted: true });
            }
            const several = (answer as unknown as Partial<Several> | undefined)?.$results;
            return Array.isArray(several) ? results(...several) : answer;
          },
        }),
      ]),
    ),
  });
}

function rebuilt({ kind, name, optional, fallback, fields, element }: WireArgument): Argument {
  if (kind === "rest" && element) return arg.rest(rebuilt(element));
  const made =
    kind === "record"
      ? arg.record(Object.fromEntries(Object.entries(fields ?? {}).map(([key, field]) => [key, rebuilt(field)])), name)
      : kind === "integer"
        ? arg.int(name)
        : arg[kind as "string" | "bytes" | "number" | "boolean" | "table" | "any"](name);
  return optional ? (made.opt as (fallback?: unknown) => Argument)(fallback) : made;
}
