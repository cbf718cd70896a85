/**
 * Boots Lua from a wasm of either kind (boot-module.ts).
 * @module
 */
import type { LuaBootOptions, LuaEngineModule } from "../interface.ts";
import { bootModule } from "./boot-module.ts";

/**
 * @example
 * const lua = await bootLua({ wasm: new URL("./lua.wasm", import.meta.url) });
 * const vm = lua.createVm({ preludes: [] });
 * @throws LuaSkillsError wasm_unavailable
 */
export function bootLua(options: LuaBootOptions): Promise<LuaEngineModule> {
  return bootModule(options, async (module, waiting) => {
    const { linkStock, armCountHook, countHook } = await import("./link-stock.ts");
    // A wasm throw is slow in Firefox, so a stock module gets the shim only where JSPI needs it.
    return { linked: linkStock(module, waiting === "J"), hook: { arm: armCountHook, hit: countHook } };
  });
}
