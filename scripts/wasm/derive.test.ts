import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import wasmExports from "../../src/lua/wasm/wasm-exports.ts?raw";
import { startRawLua } from "../../test/portable/raw-lua.ts";
import { deriveLuaWasm, deriveUnpinned, sha256 } from "./derive.ts";
import { gluePin, luaPin } from "./pins.ts";
import { compileWat } from "./wat-module.ts";

const glue = new Uint8Array(await readFile("node_modules/wasmoon/dist/glue.wasm"));
const lua = await deriveLuaWasm(glue);
const bridgeBytes = await compileWat("bridge.wat", await readFile("src/lua/wasm/wat/bridge.wat", "utf8"));

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

test("exports are what the Lua room uses; imports are the clock, the heap, the guard and the bridge", () => {
  const before = names(WebAssembly.Module.exports(moduleOf(glue)));
  const added = [
    ...names(WebAssembly.Module.exports(moduleOf(bridgeBytes))),
    "c_levels",
    "c_stack_end",
    "meter_budget",
    "meter_hook",
    "meter_swap",
  ];
  const exports = names(WebAssembly.Module.exports(moduleOf(lua)));
  expect(exports.filter((name) => !before.includes(name))).toEqual(added.sort());
  expect(exports.filter((name) => !new RegExp(`\\b${name}\\b`).test(wasmExports))).toEqual([]);
  const imports = names(WebAssembly.Module.imports(moduleOf(lua)));
  const host = WebAssembly.Module.imports(moduleOf(bridgeBytes)).filter((entry) => entry.module === "host");
  for (const name of [...names(host), "guard_hit", "emscripten_resize_heap"]) expect(imports).toContain(name);
  expect(imports.filter((name) => /system|exit|openat|unlink|rename|invoke_vii|longjmp/.test(name))).toEqual([]);
});

const rawLua = () => startRawLua(moduleOf(lua), () => 0);

test("the libraries that are left work; what was left out is an error in Lua, no trap", () => {
  const { run } = rawLua();
  expect(run("return table.concat({ #os.date(), math.floor(2.5), ('x'):rep(3), utf8.char(228) }, ' ')")).toMatch(
    /^\d+ 2 xxx ä$/,
  );
  for (const code of [
    "os.execute()",
    "os.getenv('HOME')",
    "os.remove('x')",
    "os.exit()",
    "dofile('x')",
    "loadfile('x')",
  ]) {
    expect(run(`return select('#', pcall(function() ${code} end))`), code).toBe("2");
  }
});

test("empty matches count as in LuaJIT, with their captures and limits", () => {
  const { run } = rawLua();
  const words = (code: string) => run(`local out = {} ${code} return table.concat(out, "|")`);
  expect(run(`return table.concat({ ("abc"):gsub("a*", "-") }, " ")`)).toBe("--b-c- 4");
  expect(run(`return table.concat({ ("baac"):gsub("a*", "-") }, " ")`)).toBe("-b--c- 4");
  expect(run(`return table.concat({ ("abc"):gsub("%w*", "x", 1) }, " ")`)).toBe("x 1");
  expect(run(`return table.concat({ (""):gsub("", "x") }, " ")`)).toBe("x 1");
  expect(words(`for w in ("a,,b"):gmatch("[^,]*") do out[#out + 1] = w end`)).toBe("a|||b|");
  expect(words(`for at, stop in ("abca"):gmatch("()a*()") do out[#out + 1] = at .. stop end`)).toBe("12|22|33|45|55");
});

test.each([
  ["local t = {} return t.x.y", "attempt to index field 'x' (a nil value)"],
  ["local t = {} t.x.y = 1", "attempt to index field 'x' (a nil value)"],
  ["return nowhere.x", "attempt to index global 'nowhere' (a nil value)"],
  ["local x x()", "attempt to call local 'x' (a nil value)"],
  ["local t = {} t:run()", "attempt to call method 'run' (a nil value)"],
  ["local up; return (function() return #up end)()", "attempt to get length of upvalue 'up' (a nil value)"],
  ["local x return 'a' .. x", "attempt to concatenate local 'x' (a nil value)"],
  ["local t = {} return t.n + 1", "attempt to perform arithmetic on field 'n' (a nil value)"],
  ["return 'abc' + 1", "attempt to perform arithmetic on a string value"],
  ["return '5' * nil", "attempt to perform arithmetic on a nil value"],
  ["return {} .. 'x'", "attempt to concatenate a table value"],
  ["local t, i = {}, 1 return t[i].x", "attempt to index a nil value"],
  ["local t = {} return t[1].x", "attempt to index a nil value"],
  ["for k in {} do end", "attempt to call a table value"],
  ["return {} < {}", "attempt to compare two table values"],
  ["return 1 < 'x'", "attempt to compare number with string"],
  ["for i = 1, 'x' do end", "'for' limit must be a number"],
  ["for i = {}, 2 do end", "'for' initial value must be a number"],
  ["pairs(nil)", "bad argument #1 to 'pairs' (table expected, got nil)"],
  ["table.unpack(nil)", "bad argument #1 to 'unpack' (table expected, got nil)"],
  ["string.format('%y', 1)", "invalid option '%y' to 'format'"],
])("%s: %s", (code, text) => {
  const { run } = rawLua();
  expect(run(`return select(2, pcall(function() ${code} end))`).replace(/^.*?:1: /, "")).toBe(text);
});

test.each([
  ["return 1 +", "unexpected symbol near '<eof>'"],
  ["return 1 2", "'<eof>' expected near '2'"],
  ["local function end", "'<name>' expected near 'end'"],
  ["if x", "'then' expected near '<eof>'"],
  ["return 'x", "unfinished string near '<eof>'"],
])("%s: %s", (code, text) => {
  const { run } = rawLua();
  expect(run(`return select(2, load([[${code}]], "=x"))`)).toBe(`x:1: ${text}`);
});

test("NaN has no sign, other numbers keep theirs", () => {
  const { run } = rawLua();
  expect(run("return table.concat({ 0/0, -(0/0), -1.5, -1/0, -0.0, -1e-320 }, ' ')")).toBe(
    "nan nan -1.5 -inf -0 -9.9998886718268e-321",
  );
  expect(run("return ('%.1f %g %e'):format(0/0, -(0/0), -2)")).toBe("nan nan -2.000000e+00");
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
  "malformed number",
  "invalid order function for sorting",
  "-0123456789\0",
  "number has no integer representation",
  "invalid use of '%c' in replacement string",
  "attempt to compare two %s values",
  "attempt to %s a %s value%s",
  "attempt to %s a '%s' with a '%s'",
  "base out of range",
  "attempt to perform 'n%%0'",
  "unfinished long %s (starting at line %d)",
])("a module without the text %j is refused", async (text) => {
  await expect(deriveUnpinned(misspelt(text))).rejects.toThrow(/lua\.wasm derivation: .*not found/);
});

test("a module that is not Lua is refused", async () => {
  const other = await compileWat("other.wat", '(module (memory (export "memory") 1))');
  await expect(deriveUnpinned(other)).rejects.toThrow(/lua\.wasm derivation: VM dispatch: found 0 times/);
});
