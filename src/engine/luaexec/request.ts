/**
 * Decoding of a luaexec request (vulcan-api.md §8.1, §8.2), with the decoder texts of the native engine.
 * @module
 */

import { isObject } from "../../base/is-object.ts";
import type { Json, JsonObject } from "../../contract/contract.ts";
import { LuaSkillsError } from "../../errors.ts";
import { trimText } from "../../host/arguments.ts";

export interface LuaexecRequest {
  readonly task: string;
  /** Exactly one of `code` (trimmed) and `file` is set. */
  readonly code: string | undefined;
  /** The line breaks that were trimmed in front of it. */
  readonly leadingLines: string;
  readonly file: string | undefined;
  readonly args: Json;
  readonly timeoutMs: number;
  readonly caller: string | undefined;
}

const fields = ["task", "code", "file", "args", "timeout_ms", "caller_tool_name"] as const;
const defaultTimeoutMs = 60_000;

/** Raised with `prefix` in front: `luaexec input is invalid` (from Lua) or `Invalid luaexec request JSON` (from the host). */
export function decodeLuaexec(input: unknown, prefix: string): LuaexecRequest {
  const request = positional(input, prefix);
  const refuse = (detail: string): never => {
    throw new LuaSkillsError("invalid_argument", `${prefix}: ${detail}`);
  };
  const text = (field: "code" | "file" | "caller_tool_name"): string | undefined => {
    const value = request[field];
    if (value === undefined || value === null) return undefined;
    if (typeof value !== "string") return refuse(`invalid type: ${described(value)}, expected a string`);
    return value;
  };
  const { task = "", timeout_ms: timeout = defaultTimeoutMs } = request;
  if (typeof task !== "string") return refuse(`invalid type: ${described(task)}, expected a string`);
  const given = text("code");
  const [code, file] = [blankToNone(given), blankToNone(text("file"))];
  if (typeof timeout !== "number" || !Number.isInteger(timeout)) {
    return refuse(`invalid type: ${described(timeout)}, expected u64`);
  }
  if (timeout < 0) return refuse(`invalid value: integer \`${timeout}\`, expected u64`);
  const caller = blankToNone(text("caller_tool_name"));
  if (timeout === 0) throw new LuaSkillsError("invalid_argument", "luaexec timeout_ms must be greater than 0");
  if (code !== undefined && file !== undefined) {
    throw new LuaSkillsError("invalid_argument", "luaexec accepts either code or file, but not both");
  }
  if (code === undefined && file === undefined) {
    throw new LuaSkillsError("invalid_argument", "luaexec requires code or file");
  }
  return {
    task,
    code,
    leadingLines: leadingLines(given ?? ""),
    file,
    args: request.args ?? {},
    timeoutMs: timeout,
    caller,
  };
}

/** A sequence is read by position (§8.1, quirk). */
function positional(input: unknown, prefix: string): JsonObject {
  if (Array.isArray(input)) {
    const out: JsonObject = {};
    for (const [i, field] of fields.entries()) if (i < input.length) out[field] = input[i] as Json;
    return out;
  }
  if (isObject(input)) return input;
  throw new LuaSkillsError(
    "invalid_argument",
    `${prefix}: invalid type: ${described(input as Json)}, expected struct RunLuaRequest`,
  );
}

/** The line breaks in front: messages count lines as the author did. */
function leadingLines(text: string): string {
  return (/^\s*/.exec(text)?.[0] ?? "").replace(/[^\n]/g, "");
}

function blankToNone(text: string | undefined): string | undefined {
  return text === undefined ? undefined : trimText(text) || undefined;
}

/** A JSON value as the native decoder names it. */
function described(value: Json): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "sequence";
  if (typeof value === "object") return "map";
  if (typeof value === "string") return `string ${JSON.stringify(value)}`;
  if (typeof value === "boolean") return `boolean \`${value}\``;
  return `${Number.isInteger(value) ? "integer" : "floating point"} \`${String(value)}\``;
}
