// node server.js: the skills of ./luaskills/skills as an MCP server on standard input and output.
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";
import { createEdgeRuntime } from "luaskills-wasm/edge";
import { mcpServer } from "luaskills-wasm/mcp";

const runtime = await createEdgeRuntime({
  storage: { kind: "directory", path: `${import.meta.dirname}/luaskills` },
  overlay: true, // reads the folder, and keeps what skills write in memory
  hostTools: { now: () => new Date().toISOString() },
});
const server = mcpServer(runtime, {
  name: "units",
  instructions: "Convert with units-convert before you compare sizes.",
});
server.onclose = () => void runtime.close();
await server.connect(new StdioServerTransport());
