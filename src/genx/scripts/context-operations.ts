/**
 * What `ctx` and `rt` ask for by `genx.ctx` (genx.md §6.3). Each operation acts on the agent the script works for.
 * @module
 */
import type { Json, JsonObject } from "../../contract/contract.ts";
import { LuaSkillsError } from "../../errors.ts";
import type { Agent } from "../agents/agent.ts";
import type { AgentDefinition } from "../agents/agent-definition.ts";
import { type Message, messageFromJson } from "../agents/message.ts";
import type { Workshop } from "../agents/workshop.ts";
import { generateJson } from "../generators/generate-json.ts";
import { generateText } from "../generators/generate-text.ts";
import type { GenerateRequest } from "../generators/generator.ts";
import { textOf } from "../streams/chunk.ts";
import { chunkFromLua, chunkToLua } from "../streams/lua-chunk.ts";
import { misfit } from "../tools/arguments.ts";
import type { ToolDefinition } from "../tools/tool-definition.ts";
import { keepAgent, type ScriptRun } from "./script-runner.ts";

interface Operation {
  readonly workshop: Workshop;
  readonly run: ScriptRun;
  readonly args: JsonObject;
  readonly signal: AbortSignal;
}

type Perform = (operation: Operation) => unknown;

const operations: Readonly<Record<string, Perform>> = {
  text: (operation) => generateText(...request(operation)),
  json: (operation) => generateJson(...request(operation), (operation.args.schema ?? {}) as JsonObject),
  emit: async ({ run, args, signal }) => {
    const chunk = chunkFromLua(args.chunk);
    if (chunk === undefined) throw new LuaSkillsError("invalid_argument", "emit: expected table");
    if (!(await run.scope.emit(chunk, signal))) throw new LuaSkillsError("runtime_closed", "agent is closed");
  },
  receive: async ({ run, signal }) => {
    const chunk = await run.scope.receive?.(signal);
    return chunk === undefined ? undefined : chunkToLua(chunk);
  },
  invoke: async ({ workshop, run, args, signal }) => {
    const name = String(args.tool ?? "");
    const tool = run.scope.tools.get(name) ?? workshop.tool(name);
    if (tool === undefined) throw new LuaSkillsError("not_found", `tool "${name}" not found`);
    const given = args.args ?? {};
    const reason = await misfit(tool.parameters, given);
    if (reason !== undefined) throw new LuaSkillsError("invalid_argument", `tool ${name}: ${reason}`);
    return tool.invoke(given, { signal, scope: run.scope });
  },
  "state.set": ({ run, args }) => {
    const { properties } = run.scope.state;
    const key = String(args.key);
    if (args.value === undefined || args.value === null) properties.delete(key);
    else properties.set(key, args.value);
  },
  "state.get": ({ run, args }) => run.scope.state.properties.get(String(args.key)),
  "state.clear": ({ run }) => run.scope.state.properties.clear(),
  "state.all": ({ run }) => Object.fromEntries(run.scope.state.properties),
  "history.recent": ({ run, args }) => run.scope.state.recent(Number(args.count ?? 10)).map(messageToLua),
  "history.append": ({ run, args }) => {
    run.scope.state.messages.push(messageFromLua((args.message ?? {}) as JsonObject));
  },
  "history.revert": ({ run }) => run.scope.state.revert(),
  "memory.summary": ({ run }) => run.scope.state.summary,
  "memory.set_summary": ({ run, args }) => {
    run.scope.state.summary = String(args.summary ?? "");
  },
  "memory.query": ({ workshop, run, args, signal }) =>
    workshop.memory?.query(run.scope.state.id, String(args.query ?? ""), signal),
  "agent.create": async ({ workshop, run, args }) => {
    const agent = await workshop.agent(childDefinition(args, run), run.scope.state);
    return keepAgent(run, agent);
  },
  "agent.input": ({ run, args }) => child(run, args).input(String(args.text ?? "")),
  "agent.next": async ({ run, args }) => {
    const event = await child(run, args).next();
    if (event.type === "error") throw event.error;
    return { type: event.type, ...(event.type === "chunk" ? { chunk: chunkToLua(event.chunk) } : {}) };
  },
  "agent.needs_input": ({ run, args }) => !child(run, args).busy,
  "agent.close": ({ run, args }) => child(run, args).close(),
};

/** @throws LuaSkillsError */
export async function contextOperation(op: string, operation: Operation): Promise<unknown> {
  const perform = Object.hasOwn(operations, op) ? operations[op] : undefined;
  if (perform === undefined) throw new LuaSkillsError("invalid_argument", `ctx has no operation "${op}"`);
  return perform(operation);
}

function request({ workshop, run, args, signal }: Operation) {
  const { model: own } = run.scope;
  const model = typeof args.model === "string" && args.model !== "" ? args.model : own;
  const { system, ...options } = (args.options ?? {}) as JsonObject;
  const made: GenerateRequest = {
    model,
    system: typeof system === "string" ? system : "",
    messages: [{ role: "user", contents: [{ type: "text", value: String(args.prompt ?? "") }] }],
    tools: [],
    options: options as Record<string, Json>,
    signal,
  };
  return [workshop.generator(model), made] as const;
}

/** A known agent by name, or one made of the config. */
function childDefinition({ name, config }: JsonObject, run: ScriptRun): AgentDefinition | { $ref: string } {
  const given = String(name ?? "");
  if (config === undefined || config === null) return { $ref: given };
  const { prompt, model, tools, schema } = config as JsonObject;
  const rule =
    schema === undefined ? "" : `Answer with nothing but JSON that fits this JSON Schema:\n${JSON.stringify(schema)}`;
  return {
    type: "react",
    name: given,
    prompt: [String(prompt ?? ""), rule].filter((text) => text !== "").join("\n\n"),
    generator: { model: typeof model === "string" ? model : run.scope.model },
    tools: toolsOf(tools),
  };
}

function toolsOf(tools: Json | undefined): ToolDefinition[] {
  if (!Array.isArray(tools)) return [];
  return tools.map((tool) => (typeof tool === "string" ? { $ref: tool } : (tool as unknown as ToolDefinition)));
}

function child(run: ScriptRun, args: JsonObject): Agent {
  const found = run.agents.get(Number(args.agent));
  if (found === undefined) throw new LuaSkillsError("not_found", "agent not found");
  return found;
}

function messageToLua({ role, contents }: Message): JsonObject {
  return { role, content: textOf(contents) };
}

function messageFromLua(message: JsonObject): Message {
  const { role, content } = message;
  if (Array.isArray(message.contents)) return messageFromJson(message);
  const text = typeof content === "string" ? content : "";
  return messageFromJson({
    role: role === "assistant" ? "model" : (role ?? "user"),
    contents: [{ type: "text", value: text }],
  });
}
