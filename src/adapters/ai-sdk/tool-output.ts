/**
 * What a tool of the AI SDK answers.
 * @module
 */
import type { CallProgress, CallResult } from "../../contract/contract.ts";
import type { ToolAnswer } from "../tools/tool.ts";

/** The model gets `content`; the user interface may use the rest. */
export interface AiToolOutput {
  readonly content?: string;
  /** What the entry gave to the host beside its text. */
  readonly hostResult?: NonNullable<CallResult["hostResult"]>;
  /** Of a preliminary result: how far the call is. */
  readonly progress?: CallProgress;
}

export function outputOf({ content, hostResult }: ToolAnswer): AiToolOutput {
  return hostResult === undefined ? { content } : { content, hostResult };
}
