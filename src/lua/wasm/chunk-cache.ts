/**
 * Preludes as bytecode: the chunks of every VM are the same, and loading what Lua compiled before takes a fifth of the
 * time. Only text of this package gets in, compiled in a state no user code has touched.
 * @module
 */

import type { LuaInstance } from "./instance.ts";
import { loadText } from "./load-text.ts";
import { LUA_REGISTRYINDEX, luaStatus } from "./wasm-exports.ts";

interface Chunk {
  readonly source: string;
  /** Made when a chunk is asked for the second time: a page with one VM does not pay for it. */
  bytecode?: Uint8Array;
}

export class ChunkCache {
  readonly #chunks = new Map<string, Chunk>();

  /** Pushes the function or the error message; answers the status. `dump`: a reference to Lua's own string.dump. */
  load(instance: LuaInstance, L: number, name: string, source: string, dump: number): number {
    const known = this.#chunks.get(name);
    const chunk = known?.source === source ? known : { source };
    this.#chunks.set(name, chunk);
    if (chunk.bytecode) return loadText(instance, L, chunk.bytecode, name, "b");
    const status = loadText(instance, L, source, name);
    if (status === luaStatus.ok && chunk === known) chunk.bytecode = dumped(instance, L, dump);
    return status;
  }
}

/** The bytecode of the function on top of the stack. */
function dumped(instance: LuaInstance, L: number, dump: number): Uint8Array | undefined {
  const { x } = instance;
  x.lua_rawgeti(L, LUA_REGISTRYINDEX, BigInt(dump));
  x.lua_pushvalue(L, -2);
  let bytes: Uint8Array | undefined;
  if (x.lua_pcallk(L, 1, 1, 0, 0, 0) === luaStatus.ok) {
    const at = x.lua_tolstring(L, -1, instance.cell);
    bytes = instance.u8.slice(at, at + instance.view.getUint32(instance.cell, true));
  }
  x.lua_settop(L, -2);
  return bytes;
}
