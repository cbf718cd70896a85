/**
 * The texts of vulcan-api.md §2.1 for Lua values that are not data.
 * @module
 */

import { LuaValueError } from "../interface.ts";
import type { LuaInstance } from "../wasm/instance.ts";
import { luaType } from "../wasm/wasm-exports.ts";
import { decodeLossy } from "./text.ts";

export const recursive = "Cannot convert recursive Lua table to JSON";

const typeNames: Readonly<Record<number, string>> = {
  [luaType.boolean]: "boolean",
  [luaType.lightuserdata]: "lightuserdata",
  [luaType.table]: "table",
  [luaType.function]: "function",
  [luaType.thread]: "thread",
  [luaType.userdata]: "userdata",
};

const notJson: Readonly<Record<number, string>> = {
  [luaType.function]: "Lua function",
  [luaType.thread]: "Lua thread",
  [luaType.userdata]: "Lua userdata",
  [luaType.lightuserdata]: "light userdata",
};

const about = (name: string | undefined) => (name?.endsWith("userdata") ? "userdata" : undefined);

export function keyError(type: number): LuaValueError {
  const name = typeNames[type] ?? "userdata";
  const text = `Table key: error converting Lua ${name} to String (expected string or number)`;
  return new LuaValueError(text, about(name));
}

export function notData(type: number): LuaValueError {
  const name = notJson[type];
  return new LuaValueError(name ? `Cannot convert ${name} to JSON` : "Unknown Lua value type", about(name));
}

/** The error message on top. */
export function messageAt(instance: LuaInstance, L: number): string {
  const start = instance.x.lua_tolstring(L, -1, instance.cell);
  if (start === 0) return "error object is not a string";
  return decodeLossy(instance.u8, start, instance.u32[instance.cell >> 2] as number);
}
