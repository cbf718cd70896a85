/**
 * `vulcan.host` (vulcan-api.md §13.1): tools the embedding application lends to skills.
 * @module
 */
import type { Json, JsonObject } from "../../contract/contract.ts";
import { LuaRaise, type LuaReader, type Prelude } from "../../lua/interface.ts";
import { checkTableArgument, jsonArgument, stringArgument } from "../arguments.ts";
import { isObject } from "../call/context.ts";
import type { HostServices } from "../services.ts";
import source from "./host.lua?raw";

export function hostPrelude(services: HostServices): Prelude {
  const ask = services.callbacks.hostTool;
  return {
    name: "=vulcan.host",
    source,
    functions: {
      list: {
        waits: async (_args, { signal }) => {
          if (!ask) return {};
          try {
            return await ask({ action: "list", tool_name: null, args: {} }, { signal });
          } catch (error) {
            throw new LuaRaise(`vulcan.host.list: ${text(error)}`);
          }
        },
      },
      has: {
        waits: (args, { signal }) => {
          const name = stringArgument(args, 1, "host.has", "tool_name");
          return ask ? hasTool(ask, name, signal) : false;
        },
      },
      call: {
        waits: (args, { signal }) => {
          const name = stringArgument(args, 1, "host.call", "tool_name");
          checkTableArgument(args, 2, "host.call", "args");
          const input = toolArguments(args, 2);
          if (!ask) return missing(name);
          return callTool(ask, name, input, signal);
        },
      },
    },
  };
}

type HostTool = NonNullable<HostServices["callbacks"]["hostTool"]>;

/** An empty table is sent as `{}`: the one exception to vulcan-api.md §2.1. */
function toolArguments(args: LuaReader, index: number): JsonObject {
  const json = jsonArgument(args, index, "vulcan.host.call: invalid args table");
  return json === "[]" ? {} : (JSON.parse(json) as JsonObject);
}

async function hasTool(ask: HostTool, name: string, signal: AbortSignal): Promise<boolean> {
  let answer: Json;
  try {
    answer = await ask({ action: "has", tool_name: name, args: {} }, { signal });
  } catch (error) {
    throw new LuaRaise(`vulcan.host.has: ${text(error)}`);
  }
  if (typeof answer === "boolean") return answer;
  if (!isObject(answer)) throw new LuaRaise("vulcan.host.has: host tool has callback must return a boolean");
  for (const member of ["exists", "has", "available"]) {
    const value = answer[member];
    if (typeof value === "boolean") return value;
  }
  throw new LuaRaise(
    "vulcan.host.has: host tool has callback must return a boolean or an object with boolean exists/has/available",
  );
}

async function callTool(ask: HostTool, name: string, input: JsonObject, signal: AbortSignal): Promise<JsonObject> {
  try {
    const answer = await ask({ action: "call", tool_name: name, args: input }, { signal });
    return isObject(answer) ? answer : { ok: true, value: answer ?? null };
  } catch (error) {
    return { ok: false, error: { code: "host_tool_callback_error", message: text(error) } };
  }
}

function missing(name: string): JsonObject {
  const message = `host tool bridge has no registered callback for '${name}'`;
  return { ok: false, error: { code: "host_tool_callback_missing", message } };
}

function text(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
