/**
 * For tests only: where the built wasm is (vitest's global set-up builds it when it is missing), and a booted Lua.
 * @module
 */

import type { HostFunctions, LuaEngineModule, LuaValue, LuaVm, Prelude, RunOptions } from "../lua/interface.ts";
import { bootLua } from "../lua/wasm/boot.ts";

/** The derived, metered wasm. */
export const luaWasmPath = "dist/lua.wasm";
/** wasmoon's untouched wasm. */
export const stockWasmPath = "dist/lua-stock.wasm";

let booted: Promise<LuaEngineModule> | undefined;

/** Booted once per test file. */
export function testLua(): Promise<LuaEngineModule> {
  booted ??= bootLua({ wasm: luaWasmPath });
  return booted;
}

/** A prelude that makes host functions globals of the same name. */
export function globals(functions: HostFunctions): Prelude {
  return {
    name: "=test-globals",
    source: "local host = ... for name, f in next, host do _G[name] = f end",
    functions,
  };
}

export function evaluate(
  vm: LuaVm,
  code: string,
  args: readonly LuaValue[] = [],
  options?: RunOptions,
): Promise<LuaValue[]> {
  const fn = vm.compile(code, "=test");
  return vm
    .run(fn, args, (results) => Array.from({ length: results.count }, (_, i) => results.value(i + 1)), options)
    .finally(() => fn.release());
}
