import type { DatabaseContext } from "../../databases/access.ts";
import { HeldBytes } from "../../host/modules/held-bytes.ts";
import type { BuiltInServices } from "../../host/modules/services.ts";
import type { SocketClass } from "../../host/modules/websocket/connection.ts";
import type { LuaVm } from "../../lua/interface.ts";
import type { Call } from "../../modules/definition/interface.ts";
import { luaError } from "../../modules/definition/module-error.ts";
import type { CommandDispatcher } from "../../modules/dispatcher.ts";
import { ModuleCall } from "../../modules/vm/module-call.ts";
import type { EngineCore } from "../core.ts";
import { callSkill } from "./call-skill.ts";
import { checkSnippet, runSnippet } from "./run-snippet.ts";

/** What the built-in modules are given of an engine. */
export function builtInServices(core: EngineCore, dispatcher: CommandDispatcher): BuiltInServices {
  const heldBytes = new WeakMap<LuaVm, HeldBytes>();
  return {
    host: core.services.host,
    limits: core.settings.limits,
    dispatcher,
    stores: core.settings.given.stores ?? {},
    vmOf,
    heldBy(call) {
      const vm = vmOf(call);
      let held = heldBytes.get(vm);
      if (!held) {
        held = new HeldBytes(core.policy.limitsOf(call.skillId ?? null).vmMemoryBytes);
        heldBytes.set(vm, held);
      }
      return held;
    },
    webSocket: async () =>
      ((await core.platform.processes?.socket?.()) ?? globalThis.WebSocket) as SocketClass | undefined,
    checkSnippet: (call, snippet) => void checkSnippet(core, call, snippet),
    runSnippet: (call, snippet) => runSnippet(core, call, snippet),
    openSql: async (path) => (await core.services.databases.embeddedSqlite()).session(path),
    databaseContext,
    callSkill: (call, target, args, options) => callSkill(core, call, target, args, options),
    options: core.settings.given.moduleOptions,
  };
}

function databaseContext(call: Call): DatabaseContext {
  if (!(call instanceof ModuleCall))
    throw luaError("a module function was called outside of a run", { kind: "Internal" });
  const { hostContext } = call;
  return { signal: hostContext.signal, isOver: () => hostContext.over, payer: hostContext };
}

function vmOf(call: Call): LuaVm {
  if (call instanceof ModuleCall) return call.hostContext.vm;
  throw luaError("a module function was called outside of a run", { kind: "Internal" });
}
