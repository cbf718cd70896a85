/**
 * The JSON of the Messages API, as far as tools go.
 * @module
 */
import type { ToolInputSchema } from "../../contract/contract.ts";

export interface MessagesTool {
  name: string;
  description: string;
  input_schema: ToolInputSchema;
}

/** A tool for `client.beta.messages.toolRunner`. */
export interface RunnableTool extends MessagesTool {
  readonly parse: (content: unknown) => unknown;
  readonly run: (args: unknown, context?: { readonly signal?: AbortSignal | null | undefined }) => Promise<string>;
}

/** The answer to a `tool_use` block. */
export interface ToolResultBlock {
  type: "tool_result";
  tool_use_id: string;
  content: string;
  is_error?: true;
}

export interface ContentBlock {
  readonly type: string;
}

export interface ToolUseBlock extends ContentBlock {
  readonly type: "tool_use";
  readonly id: string;
  readonly name: string;
  readonly input: unknown;
}

export interface AssistantMessage {
  readonly content: readonly ContentBlock[];
}
