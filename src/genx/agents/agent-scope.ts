import type { Json } from "../../contract/contract.ts";
import type { Generator, Models } from "../generators/generator.ts";
import type { ScriptRunner } from "../scripts/script-runner.ts";
import type { Chunk } from "../streams/chunk.ts";
import type { Tool } from "../tools/tool.ts";
import type { Agent } from "./agent.ts";
import type { AgentDefinition } from "./agent-definition.ts";
import type { AgentState, StateStore } from "./agent-state.ts";

/** Long-term memory a host may offer: `ctx.agent.memory:query`. */
export interface MemoryStore {
  query(stateId: string, query: string, signal: AbortSignal): Promise<Json>;
}

/** What all agents of one GenX share. */
export interface Workshop {
  readonly models: Models;
  readonly scripts: ScriptRunner;
  readonly states?: StateStore;
  readonly memory?: MemoryStore;
  /** Texts that `$ref` in context layers names, agents and tools that `$ref` names. */
  readonly prompts: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string>>;
  readonly warn: (text: string) => void;
  generator(model: string): Generator;
  tool(reference: string): Tool | undefined;
  agent(definition: AgentDefinition | { readonly $ref: string }, parent?: AgentState, id?: string): Promise<Agent>;
}

/** The agent a script works for, as the script's commands see it. */
export interface AgentScope {
  readonly name: string;
  readonly model: string;
  readonly state: AgentState;
  readonly workshop: Workshop;
  /** Tools the agent has, for `ctx.invoke`. */
  readonly tools: ReadonlyMap<string, Tool>;
  readonly ids: { readonly requestId: string; readonly userId: string; readonly traceId: string };
  /** Puts a chunk into the agent's own output. Waits while nobody reads. */
  emit(chunk: Chunk, signal: AbortSignal): Promise<boolean>;
  /** The next input of a script that reads its inputs itself; undefined when the agent is closed. */
  receive?(signal: AbortSignal): Promise<Chunk | undefined>;
}
