/**
 * `vulcan.host` (vulcan-api.md §13.1): tools the embedding application lends to skills.
 * @module
 */
import { isObject } from "../../base/is-object.ts";
import { messageOf } from "../../base/message-of.ts";
import type { CallbackContext, Json, JsonObject } from "../../contract/contract.ts";
import { LuaSkillsError } from "../../errors.ts";
import { type HostCallContext, LuaRaise, type LuaReader, type Prelude } from "../../lua/interface.ts";
import { refusalMembers } from "../../policy/refusal.ts";
import { checkTableArgument, jsonArgument, stringArgument } from "../arguments.ts";
import type { EngineAccess } from "../run.ts";
import type { HostServices } from "../services.ts";
import source from "./host.lua?raw";

export function hostPrelude(services: HostServices, engine: EngineAccess): Prelude {
  const ask = services.callbacks.hostTool;
  const contextOf = ({ vm, signal }: HostCallContext): CallbackContext => ({ signal, skill: engine.subjectOf(vm) });
  return {
    name: "=vulcan.host",
    source,
    functions: {
      list: {
        waits: async (_args, context) => {
          if (!ask) return {};
          try {
            const tools = await ask({ action: "list", tool_name: null, args: {} }, contextOf(context));
            const may = (tool: Json) => !engine.isDenied(context.vm, "tool.call", nameOf(tool));
            return Array.isArray(tools) ? tools.filter(may) : tools;
          } catch (error) {
            throw new LuaRaise(`vulcan.host.list: ${messageOf(error)}`);
          }
        },
      },
      has: {
        waits: (args, context) => {
          const name = stringArgument(args, 1, "host.has", "tool_name");
          if (!ask || engine.isDenied(context.vm, "tool.call", name)) return false;
          return hasTool(ask, name, contextOf(context));
        },
      },
      call: {
        waits: async (args, context) => {
          const name = stringArgument(args, 1, "host.call", "tool_name");
          checkTableArgument(args, 2, "host.call", "args");
          const input = toolArguments(args, 2);
          if (!ask) return missing(name);
          const refusal = await engine.refusal(context.vm, "tool.call", name, context.signal);
          if (refusal !== undefined) return failure("permission_denied", refusal.text, refusalMembers(refusal));
          return engine.whileWaiting(context.vm, () =>
            callTool(ask, name, input, contextOf(context), (message) =>
              services.log({ level: "error", message }, context.vm),
            ),
          );
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

async function hasTool(ask: HostTool, name: string, context: CallbackContext): Promise<boolean> {
  let answer: Json;
  try {
    answer = await ask({ action: "has", tool_name: name, args: {} }, context);
  } catch (error) {
    throw new LuaRaise(`vulcan.host.has: ${messageOf(error)}`);
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

async function callTool(
  ask: HostTool,
  name: string,
  input: JsonObject,
  context: CallbackContext,
  log: (message: string) => void,
): Promise<JsonObject> {
  try {
    const answer = await ask({ action: "call", tool_name: name, args: input }, context);
    return isObject(answer) ? answer : { ok: true, value: answer ?? null };
  } catch (error) {
    const meant = error instanceof LuaSkillsError && error.code !== "internal" ? error : undefined;
    // What the tool did not mean to say its author has to find: Lua hears the text only.
    if (!meant) log(`host tool '${name}' failed: ${stackOf(error)}`);
    return failure(meant?.code ?? "host_tool_callback_error", messageOf(error));
  }
}

function missing(name: string): JsonObject {
  return failure("host_tool_callback_missing", `host tool bridge has no registered callback for '${name}'`);
}

const failure = (code: string, message: string, more: JsonObject = {}): JsonObject => ({
  ok: false,
  error: { code, message, ...more },
});

/** Tools are listed by name, or as objects that have one. */
function nameOf(tool: Json): string {
  const name = isObject(tool) ? (tool.name ?? tool.tool_name) : tool;
  return typeof name === "string" ? name : "";
}

/** Of an error that crossed, the stack of its own thread. */
function stackOf(error: unknown): string {
  const crossed = error instanceof LuaSkillsError ? error.data.stack : undefined;
  return String(crossed ?? (error instanceof Error ? error.stack : undefined) ?? error);
}
