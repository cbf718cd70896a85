import type { LuaInstance } from "./instance.ts";

const encoder = new TextEncoder();

/**
 * Compiles text (mode "b": loads bytecode, which has to be our own) and pushes the function or the error message; answers
 * the status.
 */
export function loadText(
  instance: LuaInstance,
  L: number,
  source: string | Uint8Array,
  chunkName: string,
  mode: "t" | "b" = "t",
): number {
  const { x } = instance;
  const bytes = typeof source === "string" ? encoder.encode(source) : source;
  const name = encoder.encode(chunkName);
  const memory = instance.allocate(bytes.length + name.length + 3);
  try {
    const nameAt = memory + bytes.length;
    instance.u8.set(bytes, memory);
    instance.u8.set(name, nameAt);
    instance.u8[nameAt + name.length] = 0;
    instance.u8[nameAt + name.length + 1] = mode.charCodeAt(0);
    instance.u8[nameAt + name.length + 2] = 0;
    return x.luaL_loadbufferx(L, memory, bytes.length, nameAt, nameAt + name.length + 1);
  } finally {
    x.free(memory);
  }
}
