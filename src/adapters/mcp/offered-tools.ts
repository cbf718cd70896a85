import type { Tool, ToolAnnotations } from "@modelcontextprotocol/sdk/types.js";
import type { EntryDescriptor, Runtime } from "../../contract/contract.ts";
import { toTools } from "../tools/index.ts";
import { mcpHints } from "../tools/mcp-hints.ts";
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
    const hints = mcpHints(entry);
    const outputSchema = this.options.outputSchemas?.[entry.name] ?? hints.outputSchema;
    const annotations: ToolAnnotations = { ...hints.annotations, ...this.options.annotations?.(entry) };
    return {
      name,
      title: hints.title,
      description: entry.description,
      inputSchema: hints.inputSchema,
      ...(outputSchema === undefined ? {} : { outputSchema }),
      ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
    };
  }
}
