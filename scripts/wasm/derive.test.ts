import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { deriveLuaWasm, deriveUnpinned, sha256 } from "./derive.ts";
import { gluePin, luaPin } from "./pins.ts";
import { compileWat } from "./wat-module.ts";

const glue = new Uint8Array(await readFile("node_modules/wasmoon/dist/glue.wasm"));
const lua = await deriveLuaWasm(glue);
const bridgeBytes = await compileWat("bridge.wat", await readFile("src/lua/wat/bridge.wat", "utf8"));

const names = (list: readonly { name: string }[]) => list.map((entry) => entry.name).sort();
const moduleOf = (bytes: Uint8Array) => new WebAssembly.Module(Uint8Array.from(bytes));

/** The input with the first occurrence of `text` changed by one letter. */
function misspelt(text: string): Uint8Array {
  const copy = Buffer.from(glue);
  const at = copy.indexOf(text);
  expect(at).toBeGreaterThan(0);
  copy[at] = "?".charCodeAt(0);
  return new Uint8Array(copy);
}

test("input and output are the pinned ones, and the derivation is deterministic", async () => {
  expect(sha256(glue)).toBe(gluePin);
  expect(sha256(lua)).toBe(luaPin);
  expect(sha256(await deriveUnpinned(glue))).toBe(luaPin);
});

test("exports only grow by the budget, its hook and the bridge; imports change by the guard, longjmp and the bridge", () => {
  const before = moduleOf(glue);
  const after = moduleOf(lua);
  const bridge = moduleOf(bridgeBytes);
  expect(names(WebAssembly.Module.exports(after))).toEqual(
    [
      ...names(WebAssembly.Module.exports(before)),
      ...names(WebAssembly.Module.exports(bridge)),
      "meter_budget",
      "meter_hook",
    ].sort(),
  );
  const wanted = names(WebAssembly.Module.imports(before)).filter((name) => !/longjmp|invoke_vii/.test(name));
  const host = WebAssembly.Module.imports(bridge).filter((entry) => entry.module === "host");
  expect(names(WebAssembly.Module.imports(after))).toEqual([...wanted, "guard_hit", ...names(host)].sort());
});

test("the memory starts at 2 MB", () => {
  const imports: Record<string, Record<string, () => number>> = {};
  for (const { module, name } of WebAssembly.Module.imports(moduleOf(lua))) {
    imports[module] = { ...imports[module], [name]: () => 0 };
  }
  const { memory } = new WebAssembly.Instance(moduleOf(lua), imports).exports;
  expect(memory).toBeInstanceOf(WebAssembly.Memory);
  expect((memory as WebAssembly.Memory).buffer.byteLength).toBe(2 * 2 ** 20);
});

test("an unknown input fails on the pin, with what to do", async () => {
  await expect(deriveLuaWasm(misspelt("pattern too complex"))).rejects.toThrow(/unknown input .*npm ci/);
});

test("an already derived module fails on the pin, and without it", async () => {
  await expect(deriveLuaWasm(lua)).rejects.toThrow(/unknown input/);
  await expect(deriveUnpinned(lua)).rejects.toThrow();
});

test.each([
  "pattern too complex",
  "invalid order function for sorting",
  "-0123456789\0",
  "number has no integer representation",
  "invalid use of '%c' in replacement string",
  "attempt to compare two %s values",
])("a module without the text %j is refused", async (text) => {
  await expect(deriveUnpinned(misspelt(text))).rejects.toThrow(/lua\.wasm derivation: .*not found/);
});

test("a module that is not Lua is refused", async () => {
  const other = await compileWat("other.wat", '(module (memory (export "memory") 1))');
  await expect(deriveUnpinned(other)).rejects.toThrow(/lua\.wasm derivation: VM dispatch: found 0 times/);
});
