import { LuaFactory } from "wasmoon";
import type { BenchFile } from "./harness/harness.ts";
import { luaBenches } from "./lua/cases.ts";
import { moduleBenches } from "./modules/cases.ts";

const compile = (file: string) => WebAssembly.compileStreaming(fetch(file));

/** Those of modules once more under J, which Node may not have. */
export const benches: BenchFile["benches"] = async () => {
  const lua = await compile("/dist/lua.wasm");
  const stock = await compile("/dist/lua-stock.wasm");
  const modules = await moduleBenches(lua);
  return {
    list: [...(await luaBenches({ lua, stock, wasmoon: new LuaFactory("/dist/lua-stock.wasm") })), ...modules.list],
    close: () => modules.close?.(),
  };
};
