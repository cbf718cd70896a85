import type { CommandReply, HostCallbacks } from "../../contract/contract.ts";
import type { LuaValue } from "../../lua/interface.ts";
import { luaError } from "../../modules/definition/module-error.ts";
import { noHandler } from "../../modules/dispatcher.ts";
import type { ModuleEnvironment } from "../../modules/module-run.ts";

/** The page's handlers of commands, as modules call them. */
export function pageCommands(callback: HostCallbacks["command"]): ModuleEnvironment["pageCommand"] {
  if (!callback) return undefined;
  return async (request, signal, id) => {
    const reply = (await callback(request, { signal })) as CommandReply;
    if (reply.ok) return reply.value as LuaValue;
    if ("unknown" in reply) throw noHandler(id, request.name);
    const { message, kind = "Internal", retryable, details } = reply;
    throw luaError(message, { kind, retryable, details: details as Readonly<Record<string, LuaValue>> | undefined });
  };
}
