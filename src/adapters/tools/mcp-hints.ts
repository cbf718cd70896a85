import { isObject } from "../../base/is-object.ts";
import type { EntryDescriptor, JsonObject } from "../../contract/contract.ts";

/** What an entry says of itself for MCP and WebMCP, in its `input_schema` under `x-mcp`. */
export interface McpHints {
  readonly title: string;
  readonly annotations: JsonObject;
  /** A JSON Schema of an object; undefined where it gives none. */
  readonly outputSchema: (JsonObject & { type: "object" }) | undefined;
  /** The schema without them. */
  readonly inputSchema: JsonObject & { type: "object" };
}

export function mcpHints({ skillId, localName, inputSchema: given }: EntryDescriptor): McpHints {
  const { "x-mcp": own, ...inputSchema } = given;
  const { title, annotations, outputSchema } = isObject(own) ? own : {};
  const isSchema = isObject(outputSchema) && outputSchema.type === "object";
  return {
    title: typeof title === "string" ? title : `${skillId}: ${localName}`,
    annotations: isObject(annotations) ? annotations : {},
    outputSchema: isSchema ? { ...outputSchema, type: "object" } : undefined,
    inputSchema: { ...inputSchema, type: "object" },
  };
}
