/**
 * Ways of MCP out of the command line. A file of its own in the package: it holds the SDK, which nobody else needs.
 * @module
 */
export { createMcpHandler } from "../../adapters/mcp/http-handler.ts";
export { serveStdio } from "./serve-stdio.ts";
