import type { JsonObject } from "../contract/contract.ts";
import { LuaSkillsError } from "../errors.ts";
import type { Agent } from "./agents/agent.ts";
import type { AgentDefinition, MatchRule } from "./agents/agent-definition.ts";
import type { AgentScope, Tool } from "./agents/agent-scope.ts";
import { AgentState, type StateStore } from "./agents/agent-state.ts";
import type { Approve } from "./agents/approval.ts";
import { makeAgent } from "./agents/make-agent.ts";
import type { MemoryStore, Workshop } from "./agents/workshop.ts";
import type { Generator, Models } from "./generators/generator.ts";
import type { RealtimeModels } from "./realtime/realtime-definition.ts";
import { realtimeStream } from "./realtime/realtime-stream.ts";
import type { Command } from "./scripts/command.ts";
import { genxCommands } from "./scripts/commands.ts";
import { ScriptRunner, type ScriptRuntime } from "./scripts/script-runner.ts";
import type { TransformerEntry } from "./streams/transformer.ts";
import { makeTool } from "./tools/make-tool.ts";
import type { ToolDefinition } from "./tools/tool-definition.ts";
import type { Replay, TraceRecorder } from "./trace.ts";

export interface GenxOptions {
  /** Models by name; `default` serves what names none. */
  readonly models?: Models;
  readonly realtime?: RealtimeModels;
  readonly transformers?: Readonly<Record<string, TransformerEntry>>;
  /** Tools that `$ref` and `ctx.invoke` name. */
  readonly tools?: readonly ToolDefinition[];
  /** Agents that `$ref` names. */
  readonly agents?: readonly AgentDefinition[];
  /** Rules that `$ref` names. */
  readonly rules?: readonly MatchRule[];
  readonly prompts?: Readonly<Record<string, string>>;
  /** What `$env` and `${NAME}` in definitions may read. */
  readonly env?: Readonly<Record<string, string>>;
  readonly states?: StateStore;
  readonly memory?: MemoryStore;
  /** Asked before each call of a tool by a model. Default: every call runs. */
  readonly approve?: Approve;
  /** Records generations, calls of tools and events. */
  readonly trace?: TraceRecorder;
  /** Answers in the place of models and tools. */
  readonly replay?: Replay;
  /** Told what definitions should be written differently; `genx.warnings` keeps it. */
  readonly warn?: (text: string) => void;
}

export interface CreateAgentOptions {
  /** A state of the same kind of agent, as it was stored. */
  readonly state?: JsonObject;
  readonly userId?: string;
  readonly requestId?: string;
  readonly traceId?: string;
}

export interface Genx {
  /** Goes into the runtime's `commands`. */
  readonly commands: Readonly<Record<string, Command>>;
  /** The runtime that runs scripts and skills; before the first agent. */
  attach(runtime: ScriptRuntime): Genx;
  /** @throws LuaSkillsError `invalid_argument`, `not_found` */
  createAgent(definition: AgentDefinition | { readonly $ref: string }, options?: CreateAgentOptions): Promise<Agent>;
  /** What definitions should be written differently, and failures that nobody waits for. */
  readonly warnings: readonly string[];
  /** Closes every agent that is open. */
  close(): Promise<void>;
}

/**
 * Agents on a runtime.
 *
 * @example
 * const genx = createGenx({ models: { default: scripted(["Hello."]) } });
 * const runtime = await createRuntime({ modules: ["genx"], grants: { "*": ["genx"] }, commands: genx.commands });
 * const agent = await genx.attach(runtime).createAgent({ type: "react", name: "helper" });
 * for await (const event of agent.run("Hi")) console.log(event.type);
 */
export function createGenx(options: GenxOptions = {}): Genx {
  const scripts = new ScriptRunner();
  const open = new Set<Agent>();
  const warnings: string[] = [];
  const warn = (text: string): void => {
    warnings.push(text);
    options.warn?.(text);
  };
  const tools = new Map<string, Tool>();
  const outdated = new Set<string>();
  let toolset: Promise<void> | undefined;

  const wrapTool = (tool: Tool): Tool => {
    const played = options.replay ? options.replay.tool(tool) : tool;
    return options.trace ? options.trace.tool(played) : played;
  };
  const make = async (definition: ToolDefinition): Promise<Tool> =>
    makeTool(definition, {
      scripts,
      env: options.env ?? {},
      find: (reference) => tools.get(reference),
      outdated(type) {
        if (outdated.has(type)) return;
        outdated.add(type);
        warn(
          `tools of type "${type}" are read as Lua: write { name, params, lua = "function invoke(ctx, args) … end" }`,
        );
      },
    });
  /** Tools of the toolset may name each other: those that name come after those that are named. */
  const prepareToolset = async (): Promise<void> => {
    for (const definition of options.tools ?? []) {
      const tool = wrapTool(await make(definition));
      tools.set(tool.name, tool);
    }
  };

  const generator = (model: string): Generator => {
    const models = options.models ?? {};
    const found = options.replay?.generator ?? (Object.hasOwn(models, model) ? models[model] : models.default);
    if (found === undefined) {
      const known = Object.keys(models);
      throw new LuaSkillsError(
        "not_found",
        known.length === 0 ? "generator not configured" : `no model is called "${model}"; known: ${known.join(", ")}`,
      );
    }
    return options.trace ? options.trace.generator(model, found) : found;
  };

  const definitionOf = (given: AgentDefinition | { readonly $ref: string }): AgentDefinition => {
    if (!("$ref" in given)) return given;
    const found = options.agents?.find(({ name }) => name === given.$ref);
    if (found === undefined) throw new LuaSkillsError("not_found", `no agent is called "${given.$ref}"`);
    return found;
  };

  const create = async (
    given: AgentDefinition | { readonly $ref: string },
    { parent, stored, ids }: { parent?: AgentState; stored?: JsonObject; ids: AgentScope["ids"] },
  ): Promise<Agent> => {
    const definition = definitionOf(given);
    toolset ??= prepareToolset();
    await toolset;
    const own = new Map<string, Tool>();
    for (const each of ("tools" in definition && definition.tools) || []) {
      const tool = await make(each);
      own.set(tool.name, "$ref" in each ? tool : wrapTool(tool));
    }
    const id = typeof stored?.id === "string" ? stored.id : undefined;
    const state = new AgentState(definition.type, definition.name, parent?.id, id);
    if (stored) state.restore(stored);
    const agent = await makeAgent(definition, {
      state,
      workshop,
      tools: own,
      ids,
      approve: options.approve,
      rules: options.rules ?? [],
      realtime: options.realtime ?? {},
    });
    open.add(agent);
    agent.observe((event) => {
      if (event.type === "closed" && event.agentStateId === agent.stateId) open.delete(agent);
    });
    options.trace?.watch(agent);
    return agent;
  };

  const workshop: Workshop = {
    models: options.models ?? {},
    scripts,
    states: options.states,
    memory: options.memory,
    prompts: options.prompts ?? {},
    env: options.env ?? {},
    warn,
    generator,
    tool: (reference) => tools.get(reference),
    agent: async (definition, parent, stateId) => {
      const stored = stateId === undefined ? undefined : await options.states?.load(stateId);
      return create(definition, { parent, stored, ids: newIds({}) });
    },
  };

  const genx: Genx = {
    commands: genxCommands({
      workshop,
      scripts,
      transformers: options.transformers ?? {},
      realtime: (model, session) => realtimeStream(options.realtime ?? {}, model, session),
    }),
    attach(runtime) {
      scripts.attach(runtime);
      return genx;
    },
    createAgent: (definition, { state, ...ids } = {}) => create(definition, { stored: state, ids: newIds(ids) }),
    warnings,
    async close() {
      await Promise.all([...open].map((agent) => agent.close()));
    },
  };
  return genx;
}

function newIds({ userId = "", requestId, traceId }: CreateAgentOptions): AgentScope["ids"] {
  return { userId, requestId: requestId ?? crypto.randomUUID(), traceId: traceId ?? crypto.randomUUID() };
}
