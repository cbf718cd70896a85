import type { Tool, ToolAnnotations } from "@modelcontextprotocol/sdk/types.js";
import { isObject } from "../../base/is-object.ts";
import type { EntryDescriptor, Json, JsonObject, Runtime } from "../../contract/contract.ts";
import { toTools } from "../tools/index.ts";
import type { McpServerOptions } from "./options.ts";

/** An entry as clients see it. */
export interface OfferedTool {
  readonly entry: EntryDescriptor;
  readonly tool: Tool;
}

/** What the registry offers, by the name a client calls; made anew when the registry has changed. */
export class OfferedTools {
  readonly #names: ReturnType<typeof toTools>;
  #made: { readonly entries: readonly EntryDescriptor[]; readonly tools: ReadonlyMap<string, OfferedTool> } | undefined;

  constructor(
    private readonly runtime: Pick<Runtime, "list" | "call" | "subscribe">,
    private readonly options: McpServerOptions,
  ) {
    const { include, exclude } = options;
    this.#names = toTools(runtime, {
      ...(include === undefined ? {} : { include }),
      ...(exclude === undefined ? {} : { exclude }),
    });
  }

  get tools(): ReadonlyMap<string, OfferedTool> {
    const entries = this.runtime.list();
    if (this.#made?.entries !== entries) this.#made = { entries, tools: this.#make() };
    return this.#made.tools;
  }

  #make(): ReadonlyMap<string, OfferedTool> {
    return new Map(this.#names.list().map(({ name, entry }) => [name, { entry, tool: this.#tool(name, entry) }]));
  }

  #tool(name: string, entry: EntryDescriptor): Tool {
    const { "x-mcp": own, ...inputSchema } = entry.inputSchema;
    const said = isObject(own) ? own : {};
    const outputSchema = this.options.outputSchemas?.[entry.name] ?? objectSchema(said.outputSchema);
    const annotations: ToolAnnotations = {
      ...(isObject(said.annotations) ? (said.annotations as ToolAnnotations) : {}),
      ...this.options.annotations?.(entry),
    };
    return {
      name,
      title: typeof said.title === "string" ? said.title : `${entry.skillId}: ${entry.localName}`,
      description: entry.description,
      inputSchema: { ...inputSchema, type: "object" },
      ...(outputSchema === undefined ? {} : { outputSchema }),
      ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
    };
  }
}

function objectSchema(schema: Json | undefined): (JsonObject & { type: "object" }) | undefined {
  return isObject(schema) && schema.type === "object" ? { ...schema, type: "object" } : undefined;
}
