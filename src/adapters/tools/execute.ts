/**
 * One call of a tool: arguments, the host's word, the call.
 * @module
 */
import type { CallProgress, CallResult, EntryDescriptor, JsonObject } from "../../contract/contract.ts";
import { LuaSkillsError } from "../../errors.ts";
import { requireApproval } from "./approval.ts";
import type { ToolCallOptions, ToolOptions, ToolRuntime } from "./tool.ts";

/** @throws LuaSkillsError as `Tool.execute` says */
export async function executeTool(
  runtime: ToolRuntime,
  options: ToolOptions,
  tool: { readonly name: string; readonly entry: EntryDescriptor },
  given: unknown,
  { signal, onProgress, timeoutMs: ownTimeout }: ToolCallOptions = {},
): Promise<CallResult> {
  const { entry, name } = tool;
  const args = objectOf(given, name);
  if (options.approve) {
    const answer = await options.approve({ name, entry, args, signal });
    requireApproval(answer, `the call of '${name}'`, { tool: name });
  }
  const timeoutMs = ownTimeout ?? ownOf(options.timeoutMs, entry);
  const context = ownOf(options.context, entry);
  const { progress } = options;
  const hear = (event: CallProgress) => {
    onProgress?.(event);
    progress?.({ ...event, tool: name });
  };
  return runtime.call(entry.name, args, {
    validate: options.validate ?? true,
    ...(signal === undefined ? {} : { signal }),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(context === undefined ? {} : { context }),
    ...(onProgress || progress ? { onProgress: hear } : {}),
  });
}

function ownOf<T>(setting: T | ((entry: EntryDescriptor) => T | undefined) | undefined, entry: EntryDescriptor) {
  return typeof setting === "function" ? (setting as (entry: EntryDescriptor) => T | undefined)(entry) : setting;
}

/** Models leave the arguments out, or say null, where there are none. */
function objectOf(args: unknown, name: string): JsonObject {
  if (args === undefined || args === null || args === "") return {};
  if (typeof args === "object" && !Array.isArray(args)) return args as JsonObject;
  const got = Array.isArray(args) ? "array" : typeof args;
  throw new LuaSkillsError("invalid_argument", `arguments of '${name}': arguments: expected object, got ${got}`, {
    data: { path: "arguments", expected: "object", got },
  });
}
