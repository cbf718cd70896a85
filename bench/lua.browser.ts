import { LuaFactory } from "wasmoon";
import type { BenchFile } from "./harness/harness.ts";
import { luaBenches } from "./lua/cases.ts";

const compile = (file: string) => WebAssembly.compileStreaming(fetch(file));

export const benches: BenchFile["benches"] = async () => ({
  list: await luaBenches({
    lua: await compile("/dist/lua.wasm"),
    stock: await compile("/dist/lua-stock.wasm"),
    wasmoon: new LuaFactory("/dist/lua-stock.wasm"),
  }),
});
