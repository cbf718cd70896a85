import type { Json, JsonObject } from "../../contract/contract.ts";
import { LuaSkillsError } from "../../errors.ts";
import type { Message } from "../agents/message.ts";
import type { Workshop } from "../agents/workshop.ts";
import type { GenerateRequest, Generator } from "../generators/generator.ts";
import { textChunk } from "../streams/chunk.ts";
import { chunkFromLua, chunkToLua } from "../streams/lua-chunk.ts";
import { BidirectionalStream, type TransformerEntry } from "../streams/transformer.ts";
import type { Command } from "./command.ts";
import { contextOperation } from "./context-operations.ts";
import { withKinds } from "./error-kinds.ts";
import { type LuaStream, OpenStreams } from "./open-streams.ts";
import type { ScriptRunner } from "./script-runner.ts";

export interface CommandParts {
  readonly workshop: Workshop;
  readonly scripts: ScriptRunner;
  readonly transformers: Readonly<Record<string, TransformerEntry>>;
  readonly realtime: (model: string, options: JsonObject) => Promise<LuaStream>;
}

/** What GenX's Lua half asks the page for. Keys and sockets stay here. */
export function genxCommands({
  workshop,
  scripts,
  transformers,
  realtime,
}: CommandParts): Readonly<Record<string, Command>> {
  const streams = new OpenStreams();
  /** A stream of a script's run is closed with the run. */
  const open = (stream: LuaStream, run: unknown, signal: AbortSignal): string => {
    const owned = scripts.find(run)?.owned;
    const id = streams.add(stream, () => owned?.delete(owner));
    const owner = { close: () => streams.close(id) };
    owned?.add(owner);
    // Whoever asked has been stopped meanwhile, and will not learn its name.
    if (signal.aborted) void owner.close();
    return id;
  };
  const commands: Record<string, Command> = {
    "genx.generate": async (payload, { signal }) => {
      const { model, context, run } = payload as { model: string; context: JsonObject; run?: string };
      if (Object.keys(workshop.models).length === 0) throw new LuaSkillsError("not_found", "generator not configured");
      if (model === "") throw new LuaSkillsError("invalid_argument", "model is required");
      const request = contextRequest(model, context);
      return open(
        generatorStream(workshop.generator(model), request, scripts.find(run)?.signal ?? signal),
        run,
        signal,
      );
    },
    "genx.transform": async (payload, { signal }) => {
      const { name, config, run } = payload as { name: string; config: Record<string, Json>; run?: string };
      const entry = Object.hasOwn(transformers, name) ? transformers[name] : undefined;
      if (entry === undefined) throw new LuaSkillsError("not_found", `unknown transformer: ${name}`);
      const { transform, requiresModel = false } = typeof entry === "function" ? { transform: entry } : entry;
      if (requiresModel && typeof config.model !== "string") {
        throw new LuaSkillsError("invalid_argument", "transformer: model is required in config");
      }
      return open(new BidirectionalStream(transform, config), run, signal);
    },
    "genx.realtime": async (payload, { signal }) => {
      const { model, options, run } = payload as { model: string; options: JsonObject; run?: string };
      return open(await realtime(model, options), run, signal);
    },
    "genx.stream": async (payload, { signal }) => {
      const { op, id, chunk } = payload as { op: string; id: unknown; chunk?: unknown };
      if (op === "close") return streams.close(id);
      const stream = streams.get(id);
      if (op === "receive") {
        const received = await stream.receive(signal);
        if (received === undefined) return undefined;
        return chunkToLua(received);
      }
      if (op === "close_send") return stream.closeSend?.();
      const sent = chunkFromLua(chunk);
      if (sent === undefined || stream.send === undefined)
        throw new LuaSkillsError("invalid_argument", "invalid chunk");
      return stream.send(sent, signal);
    },
    "genx.ctx": async (payload, { signal }) => {
      const { run: token, op, ...args } = payload as { run: string; op: string; [key: string]: unknown };
      const run = scripts.find(token);
      if (run === undefined) throw new LuaSkillsError("not_found", "the run this ctx belongs to is over");
      return contextOperation(op, { workshop, run, args: args as JsonObject, signal });
    },
  };
  return Object.fromEntries(Object.entries(commands).map(([name, command]) => [name, withKinds(command)]));
}

/** `{ system, messages = { { role, content } } }` as scripts write it. */
function contextRequest(model: string, context: JsonObject): Omit<GenerateRequest, "signal"> {
  const { system, messages } = context;
  return {
    model,
    system: typeof system === "string" ? system : "",
    messages: Array.isArray(messages) ? messages.map((each) => contextMessage(each as JsonObject)) : [],
    tools: [],
  };
}

function contextMessage({ role, content }: JsonObject): Message {
  const text = typeof content === "string" ? content : JSON.stringify(content ?? "");
  return {
    role: role === "assistant" || role === "model" ? "model" : "user",
    contents: [{ type: "text", value: text }],
  };
}

function generatorStream(
  generator: Generator,
  request: Omit<GenerateRequest, "signal">,
  outer: AbortSignal,
): LuaStream {
  const controller = new AbortController();
  const stop = () => controller.abort(outer.reason);
  outer.addEventListener("abort", stop, { once: true });
  const parts = generator.stream({ ...request, signal: controller.signal })[Symbol.asyncIterator]();
  return {
    async receive() {
      for (;;) {
        const next = await parts.next();
        if (next.done) return undefined;
        if (next.value.type === "text") return textChunk(next.value.text);
      }
    },
    async close() {
      outer.removeEventListener("abort", stop);
      controller.abort();
      await parts.return?.();
    },
  };
}
