/**
 * Lua stack tracebacks as text.
 * @module
 */
import type { LuaInstance } from "../wasm/instance.ts";
import { decodeLossy } from "./text.ts";

/** The traceback of `from`, read on `L`, without the frame every run starts with. */
export function readTraceback(instance: LuaInstance, L: number, from: number, level: number): string {
  const { x } = instance;
  x.luaL_traceback(L, from, 0, level);
  const start = x.lua_tolstring(L, -1, instance.cell);
  const text = decodeLossy(instance.u8, start, instance.u32[instance.cell >> 2] as number);
  x.lua_settop(L, -2);
  return text.replace(/\n\t\[C\]: in \?$/, "");
}
