/**
 * A module in one VM: its functions as host functions, and the plan by which the Lua half makes its export table.
 * @module
 */
import type { HostFunctionSpec, LuaValue, Prelude } from "../../lua/interface.ts";
import type { LuaType, ModuleFunction } from "../definition/interface.ts";
import { Manifest } from "../definition/manifest.ts";
import type { ModuleDef } from "../definition/module-definition.ts";
import { fn, isModuleFunction } from "../definition/module-function.ts";
import { typesOf } from "../definition/module-manifest.ts";
import { built } from "../module-registry.ts";
import { BoundFunction, type FunctionPlan } from "./bound-function.ts";
import type { ModuleVm } from "./module-vm.ts";

type Plans = Record<string, FunctionPlan>;

/** Called by the Lua half with the functions; see `kit.define` in modules.lua. */
const plainSource = "local host, primitives = ... primitives.exports.modules.define(host)";
/** On one line: line numbers of the half stay what they are. */
const halfSource = (lua: string) =>
  `local host, primitives = ... primitives.exports.modules.define(host, function(...) ${lua}\nend)`;

/** The prelude that puts `definition` into a VM. */
export function modulePrelude(definition: ModuleDef, vm: ModuleVm): Prelude {
  const { name, lua, constants, argErrors } = definition;
  const functions: Record<string, HostFunctionSpec> = {};
  const commands = new Set(Object.keys(definition.commands ?? {}));
  const bind = (key: string, label: string, each: ModuleFunction, type?: LuaType, operator = false): FunctionPlan => {
    const bound = new BoundFunction(vm, each, { module: name, name: label, type, operator, commands, argErrors }, key);
    if (bound.plan.waits) {
      functions[key] = { waits: (args, context) => bound.begin(args, context) };
      functions[`${key}>`] = (args, context) => vm.start((reader, inner) => bound.begin(reader, inner), args, context);
    } else {
      functions[key] = (args, context) => bound.call(args, context);
    }
    return bound.plan;
  };
  const types = typesOf(definition);
  const typePlans = (types instanceof Manifest ? [] : types).map((type) => {
    vm.objects.add(type);
    const bindAll = (
      prefix: string,
      members: Readonly<Record<string, ModuleFunction | undefined>>,
      operator: boolean,
    ) => {
      const plans: Plans = {};
      for (const [key, each] of Object.entries(members)) {
        if (each) plans[key] = bind(`${prefix}${type.name}.${key}`, key, each, type, operator);
      }
      return plans;
    };
    return {
      name: type.name,
      methods: bindAll("method ", type.methods, false),
      metamethods: bindAll("operator ", type.metamethods, true),
    };
  });
  const { exports } = built(definition);
  const plans: Plans = {};
  const values: Record<string, LuaValue> = { ...constants };
  let whole: FunctionPlan | undefined;
  if (typeof exports === "function") whole = bind("export", name, bare(exports));
  else if (isModuleFunction(exports)) whole = bind("export", name, exports);
  else {
    for (const [key, each] of Object.entries(exports)) {
      if (isModuleFunction(each)) plans[key] = bind(`function ${key}`, key.slice(key.lastIndexOf(".") + 1), each);
      else if (typeof each === "function") plans[key] = bind(`function ${key}`, key, bare(each));
      else values[key] = each as LuaValue;
    }
  }
  const plan = {
    name,
    types: typePlans,
    functions: plans,
    ...(whole ? { whole } : {}),
    ...(Object.keys(values).length > 0 ? { values: vm.codec.encode(values) } : {}),
  };
  return {
    name: `=module.${name}`,
    source: lua === undefined ? plainSource : halfSource(lua),
    functions: { ...functions, plan: () => plan as unknown as LuaValue },
  };
}

const AsyncFunction = (async () => {}).constructor;

/** A bare function reads its arguments itself; one that waits has to be an async one. */
function bare(run: (...args: never[]) => unknown): ModuleFunction {
  return fn({ run: run as never, waits: run instanceof AsyncFunction });
}
