/**
 * Lua values as JavaScript data: §2.1's shapes, but byte strings, 64-bit integers, NaN and infinities stay what they are.
 * @module
 */
import type { LuaValue } from "./interface.ts";
import { notData, type Walker } from "./walker.ts";
import { luaType } from "./wasm-exports.ts";

/** Levels of tables; Lua's C stack ends at 200. */
export const VALUE_DEPTH = 190;

export function readValue(walker: Walker, L: number, index: number, depth = 0): LuaValue {
  const { x } = walker.instance;
  const type = x.lua_type(L, index);
  switch (type) {
    case luaType.nil:
    case luaType.none:
      return undefined;
    case luaType.boolean:
      return x.lua_toboolean(L, index) !== 0;
    case luaType.number:
      return readNumber(walker, L, index);
    case luaType.string:
      return walker.textAt(L, index) ?? walker.bytesAt(L, index);
    case luaType.table:
      return readTable(walker, L, x.lua_absindex(L, index), depth + 1);
    default:
      throw notData(type);
  }
}

function readNumber(walker: Walker, L: number, index: number): number | bigint {
  const { x } = walker.instance;
  const value = x.lua_tonumberx(L, index, 0);
  if (Number.isSafeInteger(value) || x.lua_isinteger(L, index) === 0) return value;
  return x.lua_tointegerx(L, index, 0);
}

function readTable(walker: Walker, L: number, table: number, depth: number): LuaValue {
  const { x } = walker.instance;
  walker.step();
  walker.enter(L, table, depth, VALUE_DEPTH);
  const length = x.lua_rawlen(L, table);
  if (length > 0) return readArray(walker, L, table, length, depth);
  x.lua_pushnil(L);
  if (x.lua_next(L, table) === 0) return [];
  const out: Record<string, LuaValue> = Object.create(null);
  do {
    walker.step();
    const key = walker.keyText(L);
    out[key] = readValue(walker, L, -1, depth);
    x.lua_settop(L, -2);
  } while (x.lua_next(L, table) !== 0);
  return out;
}

function readArray(walker: Walker, L: number, table: number, length: number, depth: number): LuaValue {
  const { x } = walker.instance;
  const plain = !walker.hasMetatable(L, table);
  const out: LuaValue[] = [];
  for (let i = 1; i <= length; i++) {
    walker.step();
    walker.pushElement(L, table, i, plain);
    out.push(readValue(walker, L, -1, depth) ?? null);
    x.lua_settop(L, -2);
  }
  return out;
}
