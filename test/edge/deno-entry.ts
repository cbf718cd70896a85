import { runSuite, type SuiteFile } from "../portable/suite.ts";

declare const Deno: {
  readonly args: readonly string[];
  readFile(path: string): Promise<Uint8Array<ArrayBuffer>>;
};

/** Runs at import; prints one JSON line, the last of standard output. */
export function host(suite: SuiteFile): { start: Promise<void> } {
  const compile = async (name: string) => WebAssembly.compile(await Deno.readFile(`${Deno.args[0]}/${name}.wasm`));
  const start = async () => {
    const [lua, stock, trampolines, shim] = await Promise.all(["lua", "lua-stock", "trampolines", "shim"].map(compile));
    if (!lua || !stock || !trampolines || !shim) throw new Error("a wasm file is missing");
    const results = await runSuite(suite, { environment: "deno", lua, stock, trampolines, shim });
    console.log(JSON.stringify(results));
  };
  return { start: start() };
}
