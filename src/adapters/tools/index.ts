/**
 * luaskills-wasm/tools: the entries of a runtime as the tools of any agent framework.
 *
 * @example
 * const tools = toTools(runtime, { include: ["notes-*"] });
 * const answer = await tools.get("notes-add")?.execute({ text: "milk" }, { signal });
 *
 * @module
 */

import type { ToolOptions, ToolRuntime } from "./tool.ts";
import { ToolList } from "./tool-list.ts";

export type { EntryFilter } from "./entry-filter.ts";
export { type HostToolOptions, hostTool } from "./host-tool.ts";
export { type HttpToolOptions, httpTool } from "./http-tool.ts";
export type {
  AgentTool,
  Approval,
  ApprovalRequest,
  Tool,
  ToolAnswer,
  ToolCallOptions,
  ToolCollection,
  ToolOptions,
  ToolProgress,
  ToolRuntime,
} from "./tool.ts";
export { type ToolErrorReport, toolError, toolErrorText } from "./tool-error.ts";
export type { ToolList } from "./tool-list.ts";

/**
 * The entries as tools: name, description, JSON Schema, `execute`. The list follows the registry.
 * @throws LuaSkillsError `conflict` when two tools would have one name
 */
export function toTools(runtime: ToolRuntime, options: ToolOptions = {}): ToolList {
  return new ToolList(runtime, options);
}
