import { runSuite, type SuiteFile } from "../portable/suite.ts";
import lua from "./lua.wasm";
import stock from "./lua-stock.wasm";
import shim from "./shim.wasm";
import trampolines from "./trampolines.wasm";

/** A Worker whose every request runs the suite. */
export function host(suite: SuiteFile): { start: { fetch(): Promise<Response> } } {
  return {
    start: {
      fetch: async () =>
        Response.json(await runSuite(suite, { environment: "workerd", lua, stock, trampolines, shim })),
    },
  };
}
