/**
 * Puts the mechanism and the granted modules into a fresh VM.
 * @module
 */

import { type LuaValue, type LuaVm, type Prelude, results } from "../../lua/interface.ts";
import passing from "../../lua/waiting/passing.lua?raw";
import type { RunKind } from "../definition/interface.ts";
import type { ModuleRegistry } from "../module-registry.ts";
import type { ModuleEnvironment } from "../module-run.ts";
import { modulePrelude } from "./instantiate.ts";
import channelSource from "./lua/channel.lua?raw";
import errorsSource from "./lua/errors.lua?raw";
import immutableSource from "./lua/immutable.lua?raw";
import modulesSource from "./lua/modules.lua?raw";
import pureSource from "./lua/pure.lua?raw";
import schedulerSource from "./lua/scheduler.lua?raw";
import valuesSource from "./lua/values.lua?raw";
import { ModuleVm } from "./module-vm.ts";

export interface FurnishPlan {
  readonly kind: RunKind;
  /** Granted and ruled on: every one is loaded. `channel` brings `coroutine.spawn`. */
  readonly modules: readonly string[];
  /** All of them become globals, too. */
  readonly bindGlobals: boolean;
}

/** @throws LuaRunError when a prelude fails: a fault of a module's Lua half, or of ours */
export function furnishModules(
  vm: LuaVm,
  plan: FurnishPlan,
  registry: ModuleRegistry,
  environment: ModuleEnvironment,
  /** Told before any module is made. */
  made: (state: ModuleVm) => void = () => {},
): ModuleVm {
  const state = new ModuleVm(vm, environment, crypto.randomUUID());
  made(state);
  for (const prelude of preludes(state, registry)) vm.install(prelude);
  const { kind, modules, bindGlobals } = plan;
  if (kind === "pure" || kind === "workflow") vm.install(deterministicPrelude(state, kind === "pure"));
  const spawning = modules.includes("channel");
  const globals = modules.flatMap((name) => {
    const named = registry.get(name)?.globals ?? (name === "channel" ? ["channel"] : []);
    return [...new Set([...named, ...(bindGlobals ? [name] : [])])].map((global) => [global, name]);
  });
  vm.install({
    name: "=modules.grant",
    source:
      "local host, primitives = ... local kit = primitives.exports.modules local names, globals, spawning, confined = host.grants() " +
      "kit.spawning = spawning if spawning then kit.grant_spawn() end kit.grant(names, globals) if confined then kit.confine(names) end",
    functions: { grants: () => results([...modules], globals, spawning, kind === "eval") },
  });
  return state;
}

function preludes(state: ModuleVm, registry: ModuleRegistry): readonly Prelude[] {
  const { codec, vm } = state;
  return [
    { name: "=modules.immutable", source: immutableSource, functions: { secret: () => codec.secret } },
    { name: "=modules.errors", source: errorsSource },
    {
      name: "=modules.values",
      source: valuesSource,
      functions: {
        dispose: (args) => void state.objects.dispose(args.number(1)),
        packed: () => void state.packedNext(),
      },
    },
    {
      name: "=modules.scheduler",
      source: `${passing}\n${schedulerSource}`,
      functions: { next: { waits: () => state.next() }, arrived: () => state.hasArrived },
    },
    {
      name: "=modules.channel",
      source: channelSource,
      functions: { cancel: (args) => state.cancel(args.number(1)) },
    },
    {
      name: "=modules",
      source: modulesSource,
      functions: {
        answer: { waits: (args) => state.answer(args) },
        start_answer: (args, context) => state.start((reader) => state.answer(reader), args, context),
        instantiate: (args) => {
          const definition = registry.get(args.text(1) ?? "");
          const { objects } = state;
          const { keeping } = objects;
          // What a module makes for itself is not the run's that asked for it first.
          objects.keeping = true;
          try {
            if (definition) vm.install(modulePrelude(definition, state));
          } finally {
            objects.keeping = keeping;
          }
          return undefined;
        },
        begin: () => void state.beginRun(),
        finish: () => {
          const failure = state.runOf().recorder?.finish();
          return failure ? codec.failure(failure) : undefined;
        },
        raised: (args) => {
          const traceback = args.text(1) ?? "";
          const kind = args.text(2);
          state.raised = {
            traceback,
            ...(kind === undefined ? {} : { facts: { kind, retryable: flag(args.value(3)), details: args.value(4) } }),
          };
          return undefined;
        },
      },
    },
  ];
}

function deterministicPrelude(state: ModuleVm, pure: boolean): Prelude {
  return {
    name: "=modules.pure",
    source: pureSource,
    functions: {
      pure: () => pure,
      seed: () => results(...state.runOf().seed),
      now: () => state.runOf().recorder?.now() ?? 0,
      ignored: (args) =>
        void state.log("warn", `${args.text(1)} is ignored in a deterministic run: it is seeded from the input`),
    },
  };
}

const flag = (value: LuaValue): boolean | undefined => (typeof value === "boolean" ? value : undefined);
