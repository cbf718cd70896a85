import type { Json, JsonObject } from "../../contract/contract.ts";
import type { Tool, ToolContext } from "../agents/agent-scope.ts";

/** A tool given as a function. */
export interface FunctionTool {
  readonly name: string;
  readonly description?: string;
  /** JSON Schema of the arguments, or a map of field → schema. */
  readonly params?: JsonObject;
  readonly quit?: boolean;
  run(args: Json, context: ToolContext): Promise<Json | undefined> | Json | undefined;
}

/** A tool written in Lua or Luau. */
export interface LuaToolDefinition {
  readonly name: string;
  readonly description?: string;
  readonly params?: JsonObject;
  readonly quit?: boolean;
  /** Inline script with `invoke(ctx, args)`, or one that uses `rt`. */
  readonly lua?: string;
  /** A script of the runtime's filesystem or of a loader; `.luau` is translated. */
  readonly lua_file?: string;
  /** Milliseconds. */
  readonly timeout?: number;
  /** Host modules the script may `require` beside GenX. */
  readonly modules?: readonly string[];
}

/** An entry of an installed skill. */
export interface SkillToolDefinition {
  readonly skill: string;
  readonly name?: string;
  readonly description?: string;
  readonly quit?: boolean;
}

/** A tool of the toolset by name. */
export interface ToolReference {
  readonly $ref: string;
  readonly quit?: boolean;
}

/** A definition of one of the older types: `built-in`, `http`, `generator`, `composite`, `text_processor`. */
export interface LegacyToolDefinition {
  readonly type: string;
  readonly name: string;
  readonly description?: string;
  readonly params?: JsonObject;
  readonly quit?: boolean;
  readonly [key: string]: unknown;
}

export type ToolDefinition =
  | Tool
  | FunctionTool
  | LuaToolDefinition
  | SkillToolDefinition
  | ToolReference
  | LegacyToolDefinition;

/** The short form (field → schema) becomes an object schema; all fields are required unless they say `optional: true`. */
export function schemaOf(params: JsonObject | undefined): JsonObject {
  if (params === undefined) return { type: "object", properties: {} };
  if (typeof params.type === "string" || "$ref" in params || "properties" in params || "anyOf" in params) return params;
  const fields = Object.entries(params) as [string, JsonObject][];
  return {
    type: "object",
    properties: Object.fromEntries(fields.map(([name, { optional: _, ...schema }]) => [name, schema])),
    required: fields.flatMap(([name, schema]) => (schema.optional === true ? [] : [name])),
  };
}
