import type { Tool, ToolAnnotations } from "@modelcontextprotocol/sdk/types.js";
import { isObject } from "../../base/is-object.ts";
import type { EntryDescriptor, Json, JsonObject, Runtime } from "../../contract/contract.ts";
import type { McpServerOptions } from "./options.ts";
import { safeToolName } from "./tool-name.ts";

/** An entry as clients see it. */
export interface OfferedTool {
  readonly entry: EntryDescriptor;
  readonly tool: Tool;
}

/** What the registry offers, by the name a client calls; made anew when the registry has changed. */
export class ToolList {
  #made: { readonly entries: readonly EntryDescriptor[]; readonly tools: ReadonlyMap<string, OfferedTool> } | undefined;

  constructor(
    private readonly runtime: Pick<Runtime, "list">,
    private readonly options: McpServerOptions,
  ) {}

  get tools(): ReadonlyMap<string, OfferedTool> {
    const entries = this.runtime.list();
    if (this.#made?.entries !== entries) this.#made = { entries, tools: this.#make(entries) };
    return this.#made.tools;
  }

  #make(entries: readonly EntryDescriptor[]): ReadonlyMap<string, OfferedTool> {
    const tools = new Map<string, OfferedTool>();
    for (const entry of entries.filter((each) => this.#isOffered(each))) {
      const tool = this.#tool(entry);
      tools.set(tool.name, { entry, tool });
    }
    return tools;
  }

  #isOffered(entry: EntryDescriptor): boolean {
    const { include, exclude = [] } = this.options;
    if (exclude.includes(entry.name)) return false;
    if (include === undefined) return true;
    return typeof include === "function" ? include(entry) : include.includes(entry.name);
  }

  #tool(entry: EntryDescriptor): Tool {
    const { "x-mcp": own, ...inputSchema } = entry.inputSchema;
    const said = isObject(own) ? own : {};
    const outputSchema = this.options.outputSchemas?.[entry.name] ?? objectSchema(said.outputSchema);
    const annotations: ToolAnnotations = {
      ...(isObject(said.annotations) ? (said.annotations as ToolAnnotations) : {}),
      ...this.options.annotations?.(entry),
    };
    return {
      name: safeToolName(entry.name),
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
