/**
 * What a caller may have got wrong in a call, refused by name before anything runs.
 * @module
 */
import { isObject } from "../base/is-object.ts";
import type { InvocationContext } from "../contract/contract.ts";
import { LuaSkillsError } from "../errors.ts";
import { LuaRunError } from "../lua/interface.ts";

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

/**
 * Arguments are refused by the border of Lua, before Lua runs. Looked for only after a failure: walking every argument
 * beforehand would cost as much as passing it.
 */
export function refusedArguments(thrown: unknown, args: unknown): LuaSkillsError | undefined {
  if (!(thrown instanceof LuaRunError) || !thrown.message.startsWith("cannot pass ") || isPlain(args, 0))
    return undefined;
  return new LuaSkillsError("invalid_argument", `args: ${thrown.message}`, { cause: thrown });
}

/** Levels a value may have when it crosses; limits.valueDepth. */
const maxDepth = 128;

function isPlain(value: unknown, depth: number): boolean {
  if (typeof value === "bigint") return BigInt.asIntN(64, value) === value;
  if (typeof value === "function" || typeof value === "symbol") return false;
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return true;
  if (depth >= maxDepth) return false;
  if (Array.isArray(value)) return value.every((item) => isPlain(item, depth + 1));
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return false;
  return Object.values(value).every((member) => isPlain(member, depth + 1));
}
