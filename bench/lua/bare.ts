/**
 * Lua without our room around it: the floors of bench/lua.ts.
 * @module
 */

import { pushText } from "../../src/lua/border/text.ts";
import { compileBase64 } from "../../src/lua/wasm/compile-base64.ts";
import { trampolinesWasm } from "../../src/lua/wasm/generated/trampolines.ts";
import type { HostImports } from "../../src/lua/wasm/host-imports.ts";
import { LuaInstance } from "../../src/lua/wasm/instance.ts";
import { linkDerived } from "../../src/lua/wasm/link.ts";
import { linkStock } from "../../src/lua/wasm/link-stock.ts";
import { loadText } from "../../src/lua/wasm/load-text.ts";
import { LUA_REGISTRYINDEX, type LuaExports, type WasmFunction } from "../../src/lua/wasm/wasm-exports.ts";

const imports: HostImports = {
  host_call: () => 0,
  host_begin: () => 0,
  host_settled: () => 0,
  host_enter: () => 0,
  host_leave: () => 0,
  host_wait: () => 0,
  host_failed: () => undefined,
  host_hook: () => 0,
  guard_hit: () => 0,
};

const libraries: readonly (keyof LuaExports & `luaopen_${string}`)[] = [
  "luaopen_base",
  "luaopen_math",
  "luaopen_string",
  "luaopen_table",
  "luaopen_coroutine",
];

/** A Lua state with its standard libraries and nothing of ours; the stock kind counts nothing. */
export class BareLua {
  readonly instance: LuaInstance;
  readonly L: number;

  constructor(module: WebAssembly.Module, kind: "derived" | "stock") {
    const linked = kind === "derived" ? linkDerived(module) : linkStock(module, true);
    this.instance = new LuaInstance(linked, imports, 2 ** 29, false);
    this.L = this.instance.mainState;
    const { x } = this.instance;
    for (const open of libraries) {
      pushText(this.instance, this.L, open === "luaopen_base" ? "_G" : open.slice("luaopen_".length));
      x.luaL_requiref(this.L, x.lua_tolstring(this.L, -1, 0), this.#slot(x[open]), 1);
      x.lua_settop(this.L, 0);
    }
    if (x.meter_budget) x.meter_budget.value = 2 ** 30;
  }

  #slot(fn: WasmFunction): number {
    const table = this.instance.x.__indirect_function_table;
    const slot = table.grow(1);
    table.set(slot, fn);
    return slot;
  }

  /** A global C function whose whole body is `body`, as emscripten's addFunction would make it. */
  register(name: string, body: (L: number) => number): void {
    const module = compileBase64(trampolinesWasm);
    const e: Record<string, WasmFunction> = {};
    for (const { name: signature } of WebAssembly.Module.imports(module)) e[signature] = body as WasmFunction;
    const { exports } = new WebAssembly.Instance(module, { e: e as WebAssembly.ModuleImports });
    const { x } = this.instance;
    // The globals table stands at index 2 of the registry.
    x.lua_rawgeti(this.L, LUA_REGISTRYINDEX, 2n);
    pushText(this.instance, this.L, name);
    x.lua_pushcclosure(this.L, this.#slot(exports.ii as WasmFunction), 0);
    x.lua_rawset(this.L, -3);
    x.lua_settop(this.L, 0);
  }

  /** Compiles a chunk; the answer calls it and drops its results. */
  compile(code: string): () => void {
    const { x } = this.instance;
    if (loadText(this.instance, this.L, code, "=bare") !== 0) throw new Error("a bare chunk does not compile");
    const ref = BigInt(x.luaL_ref(this.L, LUA_REGISTRYINDEX));
    return () => {
      x.lua_rawgeti(this.L, LUA_REGISTRYINDEX, ref);
      if (x.lua_pcallk(this.L, 0, 0, 0, 0, 0) !== 0) throw new Error("a bare chunk failed");
    };
  }
}
