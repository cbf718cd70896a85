/**
 * Lua straight from the derived module, without the Lua room: for tests of the module and of Lua sources.
 * @module
 */

type WasmFunction = (...args: (number | bigint)[]) => number;

/** Instantiates with imports that do nothing but the guard; enough for Lua code without files and clocks. */
export function startRawLua(module: WebAssembly.Module, guard: (state: number, where: number) => number) {
  const imports: Record<string, Record<string, WasmFunction>> = {};
  for (const { module: group, name } of WebAssembly.Module.imports(module)) {
    imports[group] = { ...imports[group], [name]: () => 0 };
  }
  imports.env = { ...imports.env, guard_hit: (state, where) => guard(Number(state), Number(where)) };
  const { exports } = new WebAssembly.Instance(module, imports);
  const call = exports as unknown as Record<string, WasmFunction>;
  const memory = exports.memory as WebAssembly.Memory;
  const budget = exports.meter_budget as WebAssembly.Global;
  call.__wasm_call_ctors?.();
  const state = call.luaL_newstate?.() ?? 0;
  call.luaL_openlibs?.(state);
  return {
    budget,
    state,
    call,
    /** Runs Lua text under pcall; its single result as text, errors as `error: …`. */
    run(source: string): string {
      const bytes = new TextEncoder().encode(`${source}\0`);
      const at = call.malloc?.(bytes.length) ?? 0;
      new Uint8Array(memory.buffer).set(bytes, at);
      const compiled = call.luaL_loadstring?.(state, at);
      call.free?.(at);
      const failed = compiled || call.lua_pcallk?.(state, 0, 1, 0, 0, 0);
      const text = call.luaL_tolstring?.(state, -1, 0) ?? 0;
      const view = new Uint8Array(memory.buffer);
      const value = new TextDecoder().decode(view.subarray(text, view.indexOf(0, text)));
      call.lua_settop?.(state, 0);
      return failed ? `error: ${value}` : value;
    },
  };
}
