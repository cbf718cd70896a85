import type { Json } from "../../contract/contract.ts";
import type { Tool } from "./agent-scope.ts";
import type { ToolCall } from "./message.ts";

export interface ApprovalRequest {
  readonly call: ToolCall;
  /** Checked against the tool's schema. */
  readonly args: Json;
  readonly tool: Tool;
  readonly agent: string;
  /** Fires when the turn is interrupted: nobody waits for the answer any more. */
  readonly signal: AbortSignal;
}

/** Asked before each call of a tool; false refuses it, and the model is told so. */
export type Approve = (request: ApprovalRequest) => boolean | Promise<boolean>;
