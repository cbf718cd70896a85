/**
 * The JSON of OpenAI's two APIs, as far as tools go.
 * @module
 */
import type { ToolInputSchema } from "../../contract/contract.ts";

/** A tool of `chat.completions`. */
export interface ChatFunctionTool {
  readonly type: "function";
  readonly function: {
    readonly name: string;
    readonly description: string;
    readonly parameters: ToolInputSchema;
  };
}

/** A tool of `responses`. Not strict: schemas of skills may have optional members. */
export interface ResponsesFunctionTool {
  readonly type: "function";
  readonly name: string;
  readonly description: string;
  readonly parameters: ToolInputSchema;
  readonly strict: false;
}

/** The answer to a tool call of `chat.completions`. */
export interface ChatToolMessage {
  role: "tool";
  tool_call_id: string;
  content: string;
}

/** The answer to a tool call of `responses`. */
export interface FunctionCallOutput {
  type: "function_call_output";
  call_id: string;
  output: string;
}

export interface ChatToolCall {
  readonly id: string;
  readonly type: string;
  readonly function?: { readonly name: string; readonly arguments: string };
}

/** A message of the assistant; a message that streams puts its calls together the same. */
export interface ChatMessage {
  readonly tool_calls?: readonly ChatToolCall[] | null | undefined;
}

export interface ChatCompletion {
  readonly choices: ReadonlyArray<{ readonly message: ChatMessage }>;
}

export interface ResponsesItem {
  readonly type?: string | undefined;
}

export interface FunctionCallItem extends ResponsesItem {
  readonly type: "function_call";
  readonly call_id: string;
  readonly name: string;
  readonly arguments: string;
}

export interface ResponsesAnswer {
  readonly output: readonly ResponsesItem[];
}
