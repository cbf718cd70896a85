import type { Json } from "../../contract/contract.ts";
import type { Generator, Models } from "../generators/generator.ts";
import type { ScriptRunner } from "../scripts/script-runner.ts";
import type { Agent } from "./agent.ts";
import type { AgentDefinition } from "./agent-definition.ts";
import type { Tool } from "./agent-scope.ts";
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
  /** @param stateId of a stored state to go on with; one that is not stored (any more) begins anew */
  agent(definition: AgentDefinition | { readonly $ref: string }, parent?: AgentState, stateId?: string): Promise<Agent>;
}
