/**
 * The other way round: tools of an MCP server, lent to skills.
 * @module
 */
import type { Client } from "@modelcontextprotocol/sdk/client/index.js";
import type { Tool } from "@modelcontextprotocol/sdk/types.js";
import type { HostTools, Json, JsonObject } from "../../contract/contract.ts";

export interface McpHostToolsOptions {
  /** In front of every name, so that the tools of several servers keep apart: `"github."`. Default none. */
  readonly prefix?: string;
  /** Tools that are lent, by the server's own names or by a question. Default all. */
  readonly include?: readonly string[] | ((tool: Tool) => boolean);
  /** Milliseconds a call may take. Default the client's own (60 s). */
  readonly timeoutMs?: number;
}

/** What of a client is used. */
export type McpToolClient = Pick<Client, "listTools" | "callTool">;

/**
 * The tools a connected client sees now, for the option `hostTools`. Skills call them with `vulcan.host.call`, which answers
 * `{ ok, value | error }`; the policy decides about them as about all others.
 *
 * @example
 * const runtime = await createRuntime({ hostTools: { ...(await mcpHostTools(client, { prefix: "github." })), mine } });
 */
export async function mcpHostTools(client: McpToolClient, options: McpHostToolsOptions = {}): Promise<HostTools> {
  const { prefix = "", include, timeoutMs } = options;
  const isLent = (tool: Tool) =>
    include === undefined || (typeof include === "function" ? include(tool) : include.includes(tool.name));
  const tools: [string, HostTools[string]][] = [];
  for await (const tool of toolsOf(client)) {
    if (!isLent(tool)) continue;
    tools.push([
      `${prefix}${tool.name}`,
      async (args, { signal }) => {
        const request = { name: tool.name, arguments: args };
        const result = await client.callTool(request, undefined, {
          signal,
          ...(timeoutMs === undefined ? {} : { timeout: timeoutMs }),
        });
        // The whole envelope: an object of the tool's own could be taken for one.
        return { ok: true, value: answerOf(tool.name, result as McpAnswer) };
      },
    ]);
  }
  return Object.fromEntries(tools);
}

interface McpAnswer {
  readonly content?: ReadonlyArray<JsonObject & { type: string }>;
  readonly structuredContent?: JsonObject;
  readonly isError?: boolean;
}

/** Structured content as it is, text as text, everything else block by block. @throws what the tool says of its failure */
function answerOf(name: string, { content = [], structuredContent, isError }: McpAnswer): Json {
  const texts = content.flatMap((block) =>
    typeof block.text === "string" && block.type === "text" ? [block.text] : [],
  );
  if (isError === true) {
    throw new Error(texts.join("\n") || `the tool ${name} failed and did not say why`);
  }
  if (structuredContent !== undefined) return structuredContent;
  return texts.length === content.length ? texts.join("\n") : [...content];
}

async function* toolsOf(client: McpToolClient): AsyncGenerator<Tool, void, undefined> {
  let cursor: string | undefined;
  do {
    const { tools, nextCursor } = await client.listTools(cursor === undefined ? {} : { cursor });
    yield* tools;
    cursor = nextCursor;
  } while (cursor !== undefined);
}
