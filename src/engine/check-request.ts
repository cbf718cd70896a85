/**
 * What a caller may have got wrong in a call, refused by name before anything runs.
 * @module
 */
import { isObject } from "../base/is-object.ts";
import type { InvocationContext } from "../contract/contract.ts";
import { LuaSkillsError } from "../errors.ts";

function refuse(message: string): never {
  throw new LuaSkillsError("invalid_argument", message);
}

function kindOf(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "array" : typeof value;
}

/** @throws LuaSkillsError `invalid_argument` */
export function checkText(value: unknown, what: string): void {
  if (typeof value !== "string") refuse(`${what} must be a string, got ${kindOf(value)}`);
}

/** @throws LuaSkillsError `invalid_argument` */
export function checkTimeout(timeoutMs: number | undefined): void {
  if (timeoutMs === undefined || (typeof timeoutMs === "number" && timeoutMs >= 0)) return;
  refuse(`timeoutMs must be a number of milliseconds, 0 or Infinity for no limit; got ${String(timeoutMs)}`);
}

/** @throws LuaSkillsError `invalid_argument` */
export function checkContext(context: InvocationContext | undefined): void {
  if (context === undefined || isObject(context)) return;
  refuse(`context must be an object { request_context, client_budget, tool_config }, got ${kindOf(context)}`);
}
