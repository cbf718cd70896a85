import type { JsonObject } from "../../contract/contract.ts";
import type { RealtimeDefinition } from "../realtime/realtime-definition.ts";
import type { ToolDefinition } from "../tools/tool-definition.ts";

/** A piece of the system prompt. */
export type ContextLayer =
  | string
  | { readonly text: string }
  | { readonly $ref: string }
  | { readonly $env: string }
  /** A member of the definition, by dotted path. */
  | { readonly $this: string }
  | { readonly $mem: { readonly recent?: number; readonly summary?: boolean; readonly query?: string } };

export interface ReactDefinition {
  readonly type: "react";
  readonly name: string;
  readonly prompt?: string;
  readonly context_layers?: readonly ContextLayer[];
  readonly generator?: { readonly model?: string; readonly options?: JsonObject };
  readonly tools?: readonly ToolDefinition[];
  /** Generations per input. Default 20. */
  readonly maxSteps?: number;
  /** Messages a model sees. Default 100. */
  readonly memory?: number;
}

export interface MatchRule {
  readonly name: string;
  readonly vars?: Readonly<
    Record<string, { readonly label?: string; readonly type?: "string" | "int" | "float" | "bool" }>
  >;
  /** What a user may say: a text, or a text and the line the model is to answer. */
  readonly patterns?: readonly (string | readonly [input: string, output: string])[];
}

export interface MatchDefinition {
  readonly type: "match";
  readonly name: string;
  readonly prompt?: string;
  readonly rules: readonly (MatchRule | { readonly $ref: string })[];
  readonly route: readonly {
    readonly rules: readonly string[];
    readonly agent: AgentDefinition | { readonly $ref: string };
  }[];
  readonly generator: { readonly model: string; readonly options?: JsonObject };
  /** Gets what no rule matches. */
  readonly default?: AgentDefinition | { readonly $ref: string };
}

export interface LuaDefinition {
  readonly type: "lua";
  readonly name: string;
  readonly lua?: string;
  readonly lua_file?: string;
  readonly generator?: { readonly model?: string };
  readonly tools?: readonly ToolDefinition[];
  readonly modules?: readonly string[];
  /** Milliseconds for one handler, or for the whole of `run`. Default: the runtime's own. */
  readonly timeout?: number;
}

export type AgentDefinition = ReactDefinition | MatchDefinition | LuaDefinition | RealtimeDefinition;
