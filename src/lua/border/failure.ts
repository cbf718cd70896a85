/**
 * Lua error values as text.
 * @module
 */
import { messageOf } from "../../base/message-of.ts";
import { LuaRunError, type LuaValue } from "../interface.ts";
import { isStackOverflow, type LuaInstance } from "../wasm/instance.ts";
import { luaType } from "../wasm/wasm-exports.ts";
import { decodeLossy } from "./text.ts";

/** The error value on top with tostring semantics; `__tostring` may raise, so only inside a protected call. */
export function failureText(instance: LuaInstance, L: number): string {
  const { x } = instance;
  if (x.lua_type(L, -1) === luaType.string) return stringAt(instance, L);
  const start = x.luaL_tolstring(L, -1, instance.cell);
  const text = decodeLossy(instance.u8, start, instance.u32[instance.cell >> 2] as number);
  x.lua_settop(L, -2);
  return text;
}

/** Where chunks of the house raise for others (`vulcan.scope:12: `): nothing that helps who wrote the program. */
const ownPosition = /^(?:(?:vulcan|stdlib|modules|ffi)(?:\.[\w.]+)?|dialect|sandbox|coroutine|yieldable|luajit):\d+: /;
const shownCharacters = 1000;

/**
 * The text of an error value that leaves the VM: {@link failureText}, and for a table without `__tostring` what is in it.
 */
export function errorText(instance: LuaInstance, L: number, values: { dataAt(L: number): LuaValue }): string {
  const text = failureText(instance, L);
  const type = instance.x.lua_type(L, -1);
  if (type === luaType.string) return text.replace(ownPosition, "");
  if (type === luaType.nil) return "nil (the error was raised without a message)";
  if (type !== luaType.table || !/^table: 0x[\da-f]+$/.test(text)) return text;
  const value = values.dataAt(L);
  if (value === undefined) return "a table that is not plain data (raise a text, or a table with __tostring)";
  const json = JSON.stringify(value, (_key, member: unknown) => (typeof member === "bigint" ? String(member) : member));
  return json.length > shownCharacters ? `${json.slice(0, shownCharacters)}…` : json;
}

/** As {@link failureText} without running Lua code: safe anywhere. */
export function plainFailureText(instance: LuaInstance, L: number): string {
  const type = instance.x.lua_type(L, -1);
  if (type === luaType.string) return stringAt(instance, L);
  const name = Object.entries(luaType).find(([, number]) => number === type)?.[0];
  return `(error object is a ${name ?? "strange"} value)`;
}

function stringAt(instance: LuaInstance, L: number): string {
  const start = instance.x.lua_tolstring(L, -1, instance.cell);
  return decodeLossy(instance.u8, start, instance.u32[instance.cell >> 2] as number);
}

/** What came out of wasm, and is no error of Lua. */
export function brokenDown(thrown: unknown, traceback: string | undefined): LuaRunError {
  // Deeper than this engine's own stack is; Lua counts levels, not bytes of it.
  if (isStackOverflow(thrown)) return new LuaRunError("runtime", "stack overflow", { traceback });
  const text = messageOf(thrown);
  return new LuaRunError("stopped", `the Lua VM broke down: ${text}`);
}
