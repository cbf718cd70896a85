import type { Json } from "../../contract/contract.ts";
import type { Chunk } from "../streams/chunk.ts";
import type { ToolCall } from "./message.ts";

/** Where an agent is. `""`: it waits for input. */
export type Phase = "" | "thinking" | "tool" | "agent" | "executing" | "finished";

export type AgentEventBody =
  | { readonly type: "chunk"; readonly chunk: Chunk }
  /** The turn is over; the agent waits for input. */
  | { readonly type: "eof" }
  | { readonly type: "closed"; readonly error?: Error }
  | { readonly type: "tool_start"; readonly toolCall: ToolCall }
  | { readonly type: "tool_done"; readonly toolCall: ToolCall; readonly toolResult: Json }
  | { readonly type: "tool_error"; readonly toolCall: ToolCall; readonly toolError: string }
  /** The turn was stopped. `resumable`: the session goes on without new input (realtime). */
  | { readonly type: "interrupted"; readonly resumable?: boolean }
  /** The turn failed; `eof` or `closed` follows. */
  | { readonly type: "error"; readonly error: Error };

export type AgentEvent = AgentEventBody & {
  readonly phase: Phase;
  readonly agentDef: string;
  readonly agentStateId: string;
};
