/**
 * Lua straight from the derived module, without the Lua room: for tests of the module and of Lua sources.
 * @module
 */

type WasmFunction = (...args: (number | bigint)[]) => number;

const libraries = {
  _G: "luaopen_base",
  coroutine: "luaopen_coroutine",
  math: "luaopen_math",
  os: "luaopen_os",
  string: "luaopen_string",
  table: "luaopen_table",
  utf8: "luaopen_utf8",
};

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
  const table = exports.__indirect_function_table as WebAssembly.Table;
  const text = (value: string): number => {
    const bytes = new TextEncoder().encode(`${value}\0`);
    const at = call.malloc?.(bytes.length) ?? 0;
    new Uint8Array(memory.buffer).set(bytes, at);
    return at;
  };
  call.__wasm_call_ctors?.();
  const state = call.luaL_newstate?.() ?? 0;
  for (const [name, open] of Object.entries(libraries)) {
    const slot = table.grow(1);
    table.set(slot, call[open]);
    const at = text(name);
    call.luaL_requiref?.(state, at, slot, 1);
    call.free?.(at);
    call.lua_settop?.(state, 0);
  }
  return {
    budget,
    state,
    call,
    /** Runs Lua text under pcall; its single result as text, errors as `error: …`. */
    run(source: string): string {
      const at = text(source);
      const length = new TextEncoder().encode(source).length;
      const name = text("=raw");
      const compiled = call.luaL_loadbufferx?.(state, at, length, name, 0);
      call.free?.(at);
      call.free?.(name);
      const failed = compiled || call.lua_pcallk?.(state, 0, 1, 0, 0, 0);
      const result = call.luaL_tolstring?.(state, -1, 0) ?? 0;
      const view = new Uint8Array(memory.buffer);
      const value = new TextDecoder().decode(view.subarray(result, view.indexOf(0, result)));
      call.lua_settop?.(state, 0);
      return failed ? `error: ${value}` : value;
    },
  };
}
