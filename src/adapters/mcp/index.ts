/**
 * luaskills-wasm/mcp: the entries of a runtime as an MCP server, and tools of MCP servers for skills. It needs
 * `@modelcontextprotocol/sdk` beside it.
 * @module
 */
export { InMemoryTransport } from "@modelcontextprotocol/sdk/inMemory.js";
export { type McpHostToolsOptions, type McpToolClient, mcpHostTools } from "./host-tools.ts";
export { createMcpHandler, type McpHandler, type McpHandlerOptions } from "./http-handler.ts";
export { mcpServer } from "./mcp-server.ts";
export { type MessagePortLike, MessagePortTransport } from "./message-port-transport.ts";
export type { McpResources, McpServerOptions } from "./options.ts";
export type { SessionLimits } from "./sessions.ts";
export type { SkillServer } from "./skill-server.ts";
