/**
 * Lua values as compact JSON text (vulcan-api.md §2.1), written straight from the Lua stack.
 * @module
 */
import { isInt64, jsonNumber } from "./numbers.ts";
import { notData, type Walker } from "./walker.ts";
import { luaType } from "./wasm-exports.ts";

/** Levels of tables that still convert (§2.1 saw 1900 natively). */
export const JSON_DEPTH = 1900;

export function readJson(walker: Walker, L: number, index: number, depth = 0): string {
  const { x } = walker.instance;
  const type = x.lua_type(L, index);
  switch (type) {
    case luaType.nil:
    case luaType.none:
      return "null";
    case luaType.boolean:
      return x.lua_toboolean(L, index) !== 0 ? "true" : "false";
    case luaType.number:
      return numberJson(walker, L, index);
    case luaType.string:
      return JSON.stringify(walker.textAt(L, index) ?? "");
    case luaType.table:
      return tableJson(walker, L, x.lua_absindex(L, index), depth + 1);
    default:
      throw notData(type);
  }
}

function numberJson(walker: Walker, L: number, index: number): string {
  const { x } = walker.instance;
  const value = x.lua_tonumberx(L, index, 0);
  if (Number.isSafeInteger(value) && value !== 0) return String(value);
  if (isInt64(value) && x.lua_isinteger(L, index) !== 0) return x.lua_tointegerx(L, index, 0).toString();
  // 2^63 - 1 as an integer rounds up to a float that no longer fits.
  if (x.lua_isinteger(L, index) !== 0) return x.lua_tointegerx(L, index, 0).toString();
  return jsonNumber(value);
}

function tableJson(walker: Walker, L: number, table: number, depth: number): string {
  const { x } = walker.instance;
  walker.step();
  walker.enter(L, table, depth, JSON_DEPTH);
  const length = x.lua_rawlen(L, table);
  if (length > 0) return arrayJson(walker, L, table, length, depth);
  x.lua_pushnil(L);
  if (x.lua_next(L, table) === 0) return "[]";
  const members = new Map<string, string>();
  do {
    walker.step();
    const key = walker.keyText(L);
    members.set(key, readJson(walker, L, -1, depth));
    x.lua_settop(L, -2);
  } while (x.lua_next(L, table) !== 0);
  const keys = [...members.keys()].sort(byUtf8);
  let out = "{";
  for (const key of keys) out += `${out.length > 1 ? "," : ""}${JSON.stringify(key)}:${members.get(key)}`;
  return `${out}}`;
}

function arrayJson(walker: Walker, L: number, table: number, length: number, depth: number): string {
  const { x } = walker.instance;
  const plain = !walker.hasMetatable(L, table);
  let out = "[";
  for (let i = 1; i <= length; i++) {
    walker.step();
    walker.pushElement(L, table, i, plain);
    out += (i > 1 ? "," : "") + readJson(walker, L, -1, depth);
    x.lua_settop(L, -2);
  }
  return `${out}]`;
}

/** Order of the UTF-8 bytes: that of UTF-16 except between surrogates and U+E000–U+FFFF. */
export function byUtf8(a: string, b: string): number {
  const shorter = Math.min(a.length, b.length);
  for (let i = 0; i < shorter; i++) {
    const left = a.charCodeAt(i);
    const right = b.charCodeAt(i);
    if (left !== right) return rank(left) - rank(right);
  }
  return a.length - b.length;
}

const rank = (unit: number): number => (unit < 0xd800 ? unit : unit < 0xe000 ? unit + 0x2000 : unit - 0x800);
