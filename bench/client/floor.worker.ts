/** What client.browser.ts is held against in a worker: an echo, and a boot of wasmoon. Nothing else is in its script. @module */
import { expose } from "comlink";
import { LuaFactory } from "wasmoon";

export const floors = {
  echo: (args: unknown) => args,
  async boot(): Promise<unknown> {
    const lua = await new LuaFactory("/dist/lua-stock.wasm").createEngine();
    return lua.doStringSync("return select(2, pcall(function() return 42 end))");
  },
};

expose(floors);
