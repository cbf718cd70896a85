// The portable suites in a module worker, where the engine lives.
import * as luaRoom from "../../portable/lua-room.suite.ts";
import { runSuite, type SuiteResult } from "../../portable/suite.ts";
import * as wasm from "../../portable/wasm.suite.ts";

const suites = { wasm, "lua-room": luaRoom };

async function run(): Promise<SuiteResult[]> {
  const compile = (name: string) => WebAssembly.compileStreaming(fetch(new URL(`./${name}.wasm`, import.meta.url)));
  const [lua, stock, trampolines, shim] = await Promise.all(["lua", "lua-stock", "trampolines", "shim"].map(compile));
  if (!lua || !stock || !trampolines || !shim) throw new Error("a wasm file is missing");
  const results: SuiteResult[] = [];
  for (const [name, suite] of Object.entries(suites)) {
    const found = await runSuite(suite, { environment: "browser", lua, stock, trampolines, shim });
    results.push(...found.map((result) => ({ ...result, name: `${name}: ${result.name}` })));
  }
  return results;
}

run().then(
  (results) => postMessage({ results }),
  (error: unknown) => postMessage({ error: String(error) }),
);
