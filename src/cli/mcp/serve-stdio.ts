/**
 * MCP over this process's stdin and stdout.
 * @module
 */
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";
import { mcpServer } from "../../adapters/mcp/mcp-server.ts";
import type { McpServerOptions } from "../../adapters/mcp/options.ts";
import type { Runtime } from "../../contract/contract.ts";

/** Until the client closes its end, or somebody interrupts the process. */
export async function serveStdio(runtime: Runtime, options: McpServerOptions): Promise<void> {
  const server = mcpServer(runtime, options);
  await new Promise<void>((resolve, reject) => {
    const end = () => void server.close();
    server.onclose = () => {
      for (const signal of ["SIGINT", "SIGTERM"] as const) process.off(signal, end);
      process.stdin.off("end", end);
      resolve();
    };
    // The SDK's transport does not end with its stream.
    process.stdin.once("end", end);
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, end);
    server.connect(new StdioServerTransport()).catch(reject);
  });
}
