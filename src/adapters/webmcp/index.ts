/**
 * luaskills-wasm/webmcp: skills as tools of the browser's own agent, where a browser has WebMCP.
 * @module
 */
export type { ModelContext, ModelContextTool } from "./model-context.ts";
export { type WebMcp, type WebMcpOptions, webMcp } from "./web-mcp.ts";
