import type { ToolAnnotations } from "@modelcontextprotocol/sdk/types.js";
import type { EntryDescriptor, InvocationContext, JsonObject } from "../../contract/contract.ts";
import type { EntryFilter } from "../tools/index.ts";

/** Which pages and files clients may read. */
export interface McpResources {
  /** The help pages of every skill, at `luaskills://help/<skill>/<flow>`. Default true. */
  readonly help?: boolean;
  /**
   * Files and folders of the virtual filesystem, at `luaskills://files/<path>`; a folder stands for everything below it, also
   * for what skills write there later. Default none.
   */
  readonly files?: readonly string[];
  /** Bytes of the largest file that is handed out. Default 1 MiB. */
  readonly maxBytes?: number;
}

export interface McpServerOptions {
  /** What the server calls itself. Default `luaskills-wasm`. */
  readonly name?: string;
  /** Default the version of this package. */
  readonly version?: string;
  /** For the model: what the tools are for, and how they go together. */
  readonly instructions?: string;
  /** Entries that are offered. Default all. */
  readonly include?: EntryFilter;
  /** Entries that are not, of those included. */
  readonly exclude?: EntryFilter;
  /**
   * Hints for clients, by entry (`readOnlyHint`, `destructiveHint`, …). They go before what an entry says of itself in its
   * `input_schema` under `x-mcp.annotations`.
   */
  readonly annotations?: (entry: EntryDescriptor) => ToolAnnotations | undefined;
  /**
   * JSON Schemas of what entries answer, by canonical name. Such a tool answers structured content, and its skill has to
   * return a JSON object. They go before an entry's own `x-mcp.outputSchema`.
   */
  readonly outputSchemas?: Readonly<Record<string, JsonObject & { type: "object" }>>;
  /** A list is short for `{ files }`; false offers nothing. Default: help pages. */
  readonly resources?: false | readonly string[] | McpResources;
  /** Help pages as prompts. Default true. */
  readonly prompts?: boolean;
  /** Milliseconds a tool call may take. Default `limits.callTimeoutMs`. */
  readonly timeoutMs?: number;
  /** What every call tells its skill about its host. */
  readonly context?: InvocationContext;
}
