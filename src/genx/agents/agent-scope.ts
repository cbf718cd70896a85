import type { Json } from "../../contract/contract.ts";
import type { ToolSpec } from "../generators/generator.ts";
import type { Chunk } from "../streams/chunk.ts";
import type { AgentState } from "./agent-state.ts";

/** What a tool may use while it runs. */
export interface ToolContext {
  /** Fires when the turn is interrupted or the agent is closed. */
  readonly signal: AbortSignal;
  /** The agent it runs for. */
  readonly scope: AgentScope;
}

/** Something a model can call. */
export interface Tool extends ToolSpec {
  /** After it has run, the agent says one thing more and closes. */
  readonly quit?: boolean;
  invoke(args: Json, context: ToolContext): Promise<Json | undefined>;
}

/** The agent a script works for, as the script's commands see it. */
export interface AgentScope {
  readonly name: string;
  readonly model: string;
  readonly state: AgentState;
  /** Tools the agent has, for `ctx.invoke`. */
  readonly tools: ReadonlyMap<string, Tool>;
  readonly ids: { readonly requestId: string; readonly userId: string; readonly traceId: string };
  /** Puts a chunk into the agent's own output. Waits while nobody reads. */
  emit(chunk: Chunk, signal: AbortSignal): Promise<boolean>;
  /** The next input of a script that reads its inputs itself; undefined when the agent is closed. */
  receive?(signal: AbortSignal): Promise<Chunk | undefined>;
}
