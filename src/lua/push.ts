/**
 * JavaScript values onto the Lua stack. Only data: nothing a Lua program gets this way leads back to JavaScript.
 * @module
 */
import { defaultLimits } from "../limits.ts";
import type { LuaInstance } from "./instance.ts";
import { LuaResults, type LuaValue, LuaValueError } from "./interface.ts";
import { pushBytes, pushText } from "./text.ts";

const INT64_MAX = 2n ** 63n - 1n;
const INT64_MIN = -(2n ** 63n);

/** Pushes one value. @throws LuaValueError for what cannot become Lua data, cycles and too deep nesting included */
export function pushValue(instance: LuaInstance, L: number, value: LuaValue, depth = 0): void {
  const { x } = instance;
  switch (typeof value) {
    case "string":
      pushText(instance, L, value);
      return;
    case "number":
      if (Number.isSafeInteger(value) && (value !== 0 || !Object.is(value, -0))) instance.bridge.push_integer(L, value);
      else x.lua_pushnumber(L, value);
      return;
    case "boolean":
      x.lua_pushboolean(L, value ? 1 : 0);
      return;
    case "undefined":
      x.lua_pushnil(L);
      return;
    case "bigint":
      if (value > INT64_MAX || value < INT64_MIN) {
        throw new LuaValueError(`cannot pass the bigint ${value} to Lua: it does not fit in 64 bits`);
      }
      x.lua_pushinteger(L, value);
      return;
    case "object":
      if (value === null) x.lua_pushnil(L);
      else if (value instanceof Uint8Array) pushBytes(instance, L, value);
      else pushTable(instance, L, value as object, depth + 1);
      return;
    default:
      throw new LuaValueError(`cannot pass a ${typeof value} to Lua; only plain data crosses`);
  }
}

function pushTable(instance: LuaInstance, L: number, value: object, depth: number): void {
  if (depth > defaultLimits.valueDepth) {
    throw new LuaValueError(
      `cannot pass a value to Lua: it is cyclic, or nested deeper than ${defaultLimits.valueDepth} levels`,
    );
  }
  const { x } = instance;
  if (x.lua_checkstack(L, 6) === 0) throw new LuaValueError("cannot pass a value to Lua: its stack is full");
  if (Array.isArray(value)) {
    x.lua_createtable(L, value.length, 0);
    for (let i = 0; i < value.length; i++) {
      const member = value[i];
      if (member === undefined || member === null) continue;
      pushValue(instance, L, member, depth);
      x.lua_rawseti(L, -2, BigInt(i + 1));
    }
    return;
  }
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== null && prototype !== Object.prototype && Object.getPrototypeOf(prototype) !== null) {
    const name = value.constructor?.name ?? "object";
    throw new LuaValueError(`cannot pass a ${name} to Lua; only plain objects, arrays, Uint8Array and scalars cross`);
  }
  const keys = Object.keys(value);
  x.lua_createtable(L, 0, keys.length);
  for (const key of keys) {
    const member = (value as Record<string, LuaValue>)[key];
    if (member === undefined || member === null) continue;
    pushText(instance, L, key);
    pushValue(instance, L, member, depth);
    x.lua_rawset(L, -3);
  }
}

/** Pushes what a host function returned; answers the number of Lua values. */
export function pushResults(instance: LuaInstance, L: number, value: LuaValue | LuaResults): number {
  if (!(value instanceof LuaResults)) {
    pushValue(instance, L, value);
    return 1;
  }
  const { values } = value;
  if (values.length > 10) instance.x.lua_checkstack(L, values.length + 10);
  for (const one of values) pushValue(instance, L, one);
  return values.length;
}
