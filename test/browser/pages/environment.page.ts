// The page runner itself, and what each engine is supposed to be: a driver or flag that silently changed shows here.
import { assert, equal, test, thrown } from "../page.ts";

test("the page is a secure context with module workers and WebAssembly", () => {
  assert(globalThis.isSecureContext, "not a secure context");
  equal(typeof Worker, "function");
  equal(typeof WebAssembly.Module, "function");
});

test("lua.wasm of the build is served as WebAssembly and compiles while streaming", async () => {
  const module = await WebAssembly.compileStreaming(fetch("/dist/lua.wasm"));
  const names = WebAssembly.Module.exports(module).map((entry) => entry.name);
  assert(names.includes("meter_budget") && names.includes("meter_hook"), `exports: ${names.slice(0, 5).join(", ")}…`);
});

test("a missing file is a 404, not a page", async () => {
  equal((await fetch("/dist/nothing.wasm")).status, 404);
});

test("the test tools fail when they should", async () => {
  equal((await thrown(() => equal({ a: 1n }, { a: 1 }))).message, 'values differ: got {"a":"1n"}, expected {"a":1}');
  equal((await thrown(() => assert(false, "no"))).message, "no");
  equal((await thrown(() => thrown(() => 1))).message, "expected an error, got 1");
});
