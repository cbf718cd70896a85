/**
 * The C API of Lua 5.4 as the wasm exports it, the little of Emscripten's run time that is needed, and our bridge
 * (wat/bridge.wat). `L` is a lua_State*, pointers and sizes are i32, lua_Integer is a bigint.
 * @module
 */

export interface BridgeExports {
  readonly slot_resumed: WebAssembly.Global;
  readonly slot_returned: WebAssembly.Global;
  readonly host_function: WasmFunction;
  readonly waiting_host_function: WasmFunction;
  readonly waiting_resumed: WasmFunction;
  readonly run_entry: WasmFunction;
  readonly run_returned: WasmFunction;
  readonly run_failed: WasmFunction;
  readonly protected_job: WasmFunction;
  readonly get_index: WasmFunction;
  readonly new_userdata: WasmFunction;
  readonly count_hook: WasmFunction;
  push_integer(L: number, value: number): void;
  build(L: number, at: number, end: number): void;
  scan_open(L: number, table: number): number;
  scan_members(L: number, table: number, out: number, max: number): number;
  scan_elements(L: number, table: number, from: number, to: number, out: number, max: number): number;
  scan_top(L: number, out: number): number;
}

/** A function that only ever goes into the function table. */
export type WasmFunction = (...args: never[]) => unknown;

export interface LuaExports {
  readonly memory: WebAssembly.Memory;
  readonly __indirect_function_table: WebAssembly.Table;
  /** Only in the derived wasm. */
  readonly meter_budget?: WebAssembly.Global;
  /** Levels of calls from C into Lua (a multiple of 8), and where the C stack ends. Only in the derived wasm. */
  readonly c_levels?: WebAssembly.Global<"i32">;
  readonly c_stack_end?: WebAssembly.Global<"i32">;
  readonly meter_hook?: WasmFunction;
  /** Sets the budget and answers what was left of it: several times faster than the global's accessors. */
  meter_swap?(budget: number): number;
  __wasm_call_ctors(): void;
  emscripten_stack_init(): void;
  emscripten_stack_get_base(): number;
  emscripten_stack_get_end(): number;
  stackSave(): number;
  stackRestore(pointer: number): void;
  setThrew(threw: number, value: number): void;
  malloc(size: number): number;
  free(pointer: number): void;

  luaL_newstate(): number;
  luaL_requiref(L: number, name: number, open: number, global: number): void;
  luaL_loadbufferx(L: number, buffer: number, size: number, name: number, mode: number): number;
  luaL_ref(L: number, table: number): number;
  luaL_unref(L: number, table: number, ref: number): void;
  luaL_tolstring(L: number, index: number, length: number): number;
  luaL_traceback(L: number, from: number, message: number, level: number): void;
  readonly luaopen_base: WasmFunction;
  readonly luaopen_coroutine: WasmFunction;
  readonly luaopen_table: WasmFunction;
  readonly luaopen_os: WasmFunction;
  readonly luaopen_string: WasmFunction;
  readonly luaopen_math: WasmFunction;
  readonly luaopen_utf8: WasmFunction;
  readonly luaopen_debug: WasmFunction;

  lua_close(L: number): void;
  lua_newthread(L: number): number;
  lua_resetthread(L: number): number;
  lua_checkstack(L: number, slots: number): number;
  lua_gettop(L: number): number;
  lua_settop(L: number, top: number): void;
  lua_pushvalue(L: number, index: number): void;
  lua_rotate(L: number, index: number, n: number): void;
  lua_xmove(from: number, to: number, n: number): void;
  lua_absindex(L: number, index: number): number;
  lua_type(L: number, index: number): number;
  lua_isinteger(L: number, index: number): number;
  lua_tonumberx(L: number, index: number, isNumber: number): number;
  lua_tointegerx(L: number, index: number, isInteger: number): bigint;
  lua_toboolean(L: number, index: number): number;
  lua_tolstring(L: number, index: number, length: number): number;
  lua_topointer(L: number, index: number): number;
  lua_pushnil(L: number): void;
  lua_pushthread(L: number): number;
  lua_pushboolean(L: number, value: number): void;
  lua_pushnumber(L: number, value: number): void;
  lua_pushinteger(L: number, value: bigint): void;
  lua_pushlstring(L: number, text: number, length: number): number;
  lua_pushlightuserdata(L: number, pointer: number): void;
  lua_pushcclosure(L: number, slot: number, upvalues: number): void;
  lua_createtable(L: number, array: number, hash: number): void;
  lua_rawget(L: number, index: number): number;
  lua_rawgeti(L: number, index: number, key: bigint): number;
  lua_rawset(L: number, index: number): void;
  lua_rawseti(L: number, index: number, key: bigint): void;
  lua_next(L: number, index: number): number;
  lua_getmetatable(L: number, index: number): number;
  lua_pcallk(L: number, args: number, results: number, handler: number, context: number, k: number): number;
  lua_resume(L: number, from: number, args: number, results: number): number;
  lua_isyieldable(L: number): number;
  lua_gethookmask(L: number): number;
  lua_sethook(L: number, hook: number, mask: number, count: number): void;
}

export const LUA_REGISTRYINDEX = -1_001_000;

export const luaStatus = { ok: 0, yield: 1, runtime: 2, syntax: 3, memory: 4, handler: 5 } as const;

export const luaType = {
  none: -1,
  nil: 0,
  boolean: 1,
  lightuserdata: 2,
  number: 3,
  string: 4,
  table: 5,
  function: 6,
  userdata: 7,
  thread: 8,
} as const;

export const hookMask = { call: 1, line: 4, count: 8 } as const;
