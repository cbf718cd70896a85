import type { Json, JsonObject } from "../../contract/contract.ts";
import type { Message } from "../agents/message.ts";

/** A tool as a model is told about it. */
export interface ToolSpec {
  readonly name: string;
  readonly description: string;
  /** JSON Schema of its arguments. */
  readonly parameters: JsonObject;
}

export interface GenerateRequest {
  readonly model: string;
  readonly system: string;
  readonly messages: readonly Message[];
  readonly tools: readonly ToolSpec[];
  /** The answer is to be JSON that fits this schema. */
  readonly schema?: JsonObject;
  /** Passed on to the endpoint as it is: temperature, max_tokens, … */
  readonly options?: Readonly<Record<string, Json>>;
  readonly signal: AbortSignal;
}

export type GeneratePart =
  | { readonly type: "text"; readonly text: string }
  /** `args` is JSON text, as the model wrote it. */
  | { readonly type: "tool_call"; readonly id: string; readonly name: string; readonly args: string }
  | { readonly type: "reasoning"; readonly text: string }
  | { readonly type: "usage"; readonly inputTokens?: number; readonly outputTokens?: number }
  | { readonly type: "finish"; readonly reason: string };

/** A language model. One interface for every provider; adapters are beside this file. */
export interface Generator {
  /** It holds itself to `schema`; without this the schema is put into the prompt. */
  readonly schemaMode?: boolean;
  /** Stops when the signal fires or the caller leaves the loop. */
  stream(request: GenerateRequest): AsyncIterable<GeneratePart>;
}

/** Models by name; `default` serves requests that name none. */
export type Models = Readonly<Record<string, Generator>>;
