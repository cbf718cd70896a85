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

export function keyError(type: number): LuaValueError {
  const name = typeNames[type] ?? "userdata";
  return new LuaValueError(
    `Table key: error converting Lua ${name} to String (expected string or number)`,
    name.endsWith("userdata") ? "userdata" : undefined,
  );
}

export function notData(type: number): LuaValueError {
  switch (type) {
    case luaType.function:
      return new LuaValueError("Cannot convert Lua function to JSON");
    case luaType.thread:
      return new LuaValueError("Cannot convert Lua thread to JSON");
    case luaType.userdata:
      return new LuaValueError("Cannot convert Lua userdata to JSON", "userdata");
    case luaType.lightuserdata:
      return new LuaValueError("Cannot convert light userdata to JSON", "userdata");
    default:
      return new LuaValueError("Unknown Lua value type");
  }
}

/** The error message on top. */
export function messageAt(instance: LuaInstance, L: number): string {
  const start = instance.x.lua_tolstring(L, -1, instance.cell);
  if (start === 0) return "error object is not a string";
  return decodeLossy(instance.u8, start, instance.u32[instance.cell >> 2] as number);
}
