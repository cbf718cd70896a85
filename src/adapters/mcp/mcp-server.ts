import type { Runtime } from "../../contract/contract.ts";
import type { McpServerOptions } from "./options.ts";
import { SkillServer } from "./skill-server.ts";

/**
 * The entries of a runtime as the tools of an MCP server, its help pages as resources and prompts. A server serves one
 * connection; the runtime stays the caller's to close.
 *
 * @example
 * const server = mcpServer(runtime, { name: "notes" });
 * await server.connect(new StdioServerTransport());
 *
 * @throws LuaSkillsError `invalid_argument` for an option that cannot be used
 */
export function mcpServer(runtime: Runtime, options: McpServerOptions = {}): SkillServer {
  return new SkillServer(runtime, options);
}
