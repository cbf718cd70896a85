/**
 * A Lua error value as text and, where it is data, as a value.
 * @module
 */
import type { LuaInstance } from "./instance.ts";
import { decodeLossy } from "./text.ts";
import { luaType } from "./wasm-exports.ts";

export interface Failure {
  /** tostring semantics, `__tostring` included. */
  readonly text: string;
}

/** Reads the error value on top of `L`. */
export function readFailure(instance: LuaInstance, L: number): Failure {
  const { x } = instance;
  if (x.lua_type(L, -1) === luaType.string) {
    const start = x.lua_tolstring(L, -1, instance.cell);
    return { text: decodeLossy(instance.u8, start, instance.u32[instance.cell >> 2] as number) };
  }
  const start = x.luaL_tolstring(L, -1, instance.cell);
  const text = decodeLossy(instance.u8, start, instance.u32[instance.cell >> 2] as number);
  x.lua_settop(L, -2);
  return { text };
}
