import { describe, expect, test } from "vitest";
import { evaluate, globals, testLua } from "../../testing/test-wasm.ts";
import { type LuaReader, LuaResults, type LuaValue, LuaValueError, results } from "../interface.ts";
import { VALUE_DEPTH } from "./read-value.ts";

const lua = await testLua();
const vm = lua.createVm({ preludes: [globals({ echo: (args) => args.value(1), json: (args) => args.json(1) })] });
const identity = vm.compile("return ...", "=identity");

/** There and back through run arguments and results. */
const round = (value: LuaValue): LuaValue => vm.runSync(identity, [value], (r) => r.value(1));

async function read<T>(code: string, with_: (reader: LuaReader) => T): Promise<T> {
  const fn = vm.compile(code, "=read");
  try {
    return await vm.run(fn, [], with_);
  } finally {
    fn.release();
  }
}

describe("scalars", () => {
  test.each<LuaValue>([
    true,
    false,
    0,
    -0,
    1,
    -1,
    2 ** 31,
    2 ** 53 - 1,
    -(2 ** 53) + 1,
    0.5,
    1e300,
    -1e300,
    5e-324,
    2 ** 53,
    2 ** 63,
    2 ** 64,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    2n ** 53n + 1n,
    2n ** 63n - 1n,
    -(2n ** 63n),
    "",
    "a",
    "ä€😀",
    "a\0b",
    "x".repeat(100_000),
    "ü".repeat(30_000),
  ])("%s", (value) => {
    expect(Object.is(round(value), value)).toBe(true);
  });

  test("undefined and null are nil", () => {
    expect(round(undefined)).toBe(undefined);
    expect(round(null)).toBe(undefined);
  });

  test("integers and floats keep their subtype", async () => {
    const fn = vm.compile(
      "local out = {} for i, v in ipairs{...} do out[i] = math.type(v) end return table.concat(out, ' ')",
      "=t",
    );
    const kinds = vm.runSync(fn, [1, -0, 1.5, 2 ** 53, 5n, 2 ** 53 - 1], (r) => r.text(1));
    expect(kinds).toBe("integer float float float integer integer");
  });

  test("lone surrogates become U+FFFD", () => {
    expect(round("a\ud800b")).toBe("a\ufffdb");
  });

  test("a bigint beyond 64 bits is refused", async () => {
    await expect(vm.run(identity, [2n ** 63n], () => 0)).rejects.toThrow(/does not fit in 64 bits/);
  });
});

describe("bytes", () => {
  const all = Uint8Array.from({ length: 256 }, (_, i) => i);

  test("all 256 values, both ways", async () => {
    expect(round(all)).toEqual(all);
    const fn = vm.compile(
      "local s = ... for i = 1, 256 do if s:byte(i) ~= i - 1 then return i end end return #s",
      "=t",
    );
    expect(vm.runSync(fn, [all], (r) => r.number(1))).toBe(256);
    const made = await read(
      "local t = {} for i = 0, 255 do t[#t + 1] = string.char(i) end return table.concat(t)",
      (r) => [r.bytes(1), r.text(1)] as const,
    );
    expect(made).toEqual([all, undefined]);
  });

  test("text from bytes that are UTF-8", () => {
    expect(round(new TextEncoder().encode("grüße"))).toBe("grüße");
  });

  test("a byte order mark is content", () => {
    expect(round("\ufeffa")).toBe("\ufeffa");
  });

  test("a subarray is copied with its own bounds", () => {
    expect(round(all.subarray(250))).toEqual(all.slice(250));
  });

  test("big content", () => {
    const big = new Uint8Array(300_000).fill(0xfe);
    expect(round(big)).toEqual(big);
  });
});

describe("tables", () => {
  test("nested data comes back equal", () => {
    const value = { list: [1, "two", [true, { deep: 0.5 }]], empty: [], text: "x", n: 2n ** 60n };
    expect(round(value)).toEqual(value);
  });

  test("absent members, holes and their lengths", () => {
    expect(round({ a: null, b: undefined, c: 1 })).toEqual({ c: 1 });
    expect(round([1, null, 3])).toEqual([1, null, 3]);
  });

  test("keys of any name, also those JavaScript treats specially", async () => {
    const value = await read(
      'return {__proto__ = "p", constructor = "c", toString = "t", ["a\\0b"] = "n", [""] = "e"}',
      (r) => r.value(1),
    );
    expect(Object.entries(value as object).sort()).toEqual([
      ["", "e"],
      ["__proto__", "p"],
      ["a\0b", "n"],
      ["constructor", "c"],
      ["toString", "t"],
    ]);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    const back = vm.compile("local t = ... return t.__proto__ .. t.constructor", "=t");
    expect(vm.runSync(back, [JSON.parse('{"__proto__":"p","constructor":"c"}')], (r) => r.text(1))).toBe("pc");
  });

  test("sequences are arrays; number keys of others become text", async () => {
    expect(
      await read('return {1, 2, x = 3}, {[0] = "z", [1.5] = "h"}, {}', (r) => [r.value(1), r.value(2), r.value(3)]),
    ).toEqual([[1, 2], { "0": "z", "1.5": "h" }, []]);
  });

  test("elements honour __index", async () => {
    const code = "return setmetatable({1, nil, 3}, {__index = function(t, i) return i * 10 end})";
    expect(await read(code, (r) => r.value(1))).toEqual([1, 20, 3]);
    await expect(
      read("return setmetatable({1, nil, 3}, {__index = function() error('no', 0) end})", (r) => r.value(1)),
    ).rejects.toThrow("Array index 2: no");
  });

  test("100,000 fields both ways", () => {
    const flat = Object.fromEntries(Array.from({ length: 100_000 }, (_, i) => [`key${i}`, i]));
    expect(round(flat)).toEqual(flat);
    const rows = Array.from({ length: 20_000 }, (_, i) => ({ id: i, name: `n${i}`, ok: i % 2 === 0, x: i / 3, y: -i }));
    expect(round(rows)).toEqual(rows);
  });
});

describe("what does not cross", () => {
  test.each([
    ["a function", () => 1, /a function/],
    ["a symbol", Symbol("s"), /a symbol/],
    ["a class instance", new (class Api {})(), /a Api/],
    ["a Date", new Date(0), /a Date/],
    ["a Map", new Map(), /a Map/],
    ["an Error", new Error("x"), /a Error/],
    ["a function in an object", { f() {} }, /a function/],
  ])("into Lua: %s", async (_, value, text) => {
    await expect(vm.run(identity, [value as unknown as LuaValue], () => 0)).rejects.toThrow(text);
    expect(round(1)).toBe(1);
  });

  test.each([
    ["print", "Cannot convert Lua function to JSON"],
    ["coroutine.create(print)", "Cannot convert Lua thread to JSON"],
    ["{a = {print}}", "Cannot convert Lua function to JSON"],
    ["{[true] = 1}", "Table key: error converting Lua boolean to String (expected string or number)"],
  ])("out of Lua: %s", async (code, text) => {
    await expect(read(`return ${code}`, (r) => r.value(1))).rejects.toThrow(new LuaValueError(text));
    await expect(read(`return ${code}`, (r) => r.json(1))).rejects.toThrow(new LuaValueError(text));
  });

  test("cycles are refused both ways", async () => {
    const cycle: { self?: unknown } = {};
    cycle.self = cycle;
    await expect(vm.run(identity, [cycle as LuaValue], () => 0)).rejects.toThrow(/cyclic/);
    for (const code of ["local t = {} t.t = t return t", "local t = {} t[1] = {t} return t"]) {
      await expect(read(code, (r) => r.value(1))).rejects.toThrow("Cannot convert recursive Lua table to JSON");
      await expect(read(code, (r) => r.json(1))).rejects.toThrow("Cannot convert recursive Lua table to JSON");
    }
    expect(round([1])).toEqual([1]);
  });

  test("depth is capped both ways, and everything up to the cap crosses", async () => {
    const nested = (levels: number) =>
      `local t = {} local inner = t for i = 2, ${levels} do inner[1] = {} inner = inner[1] end return t`;
    const depth = (value: LuaValue): number => (Array.isArray(value) ? 1 + depth(value[0] as LuaValue) : 0);
    expect(await read(nested(VALUE_DEPTH), (r) => depth(r.value(1)))).toBe(VALUE_DEPTH);
    await expect(read(nested(VALUE_DEPTH + 1), (r) => r.value(1))).rejects.toThrow(/nested deeper than 190 levels/);
    expect(await read(nested(1900), (r) => r.json(1))).toBe("[".repeat(1900) + "]".repeat(1900));
    await expect(read(nested(1901), (r) => r.json(1))).rejects.toThrow(/nested deeper than 1900 levels/);
    let value: LuaValue = [];
    for (let i = 1; i < 128; i++) value = [value];
    expect(round(value)).toEqual(value);
    await expect(vm.run(identity, [[value]], () => 0)).rejects.toThrow(/deeper than 128/);
  });

  test("a shared table that unfolds forever ends with the run's limit", async () => {
    const small = lua.createVm({ preludes: [] });
    const code = "local t = {1} for i = 1, 60 do t = {t, t} end return t";
    const started = performance.now();
    const fn = small.compile(code, "=dag");
    await expect(small.run(fn, [], (r) => r.json(1), { deadline: performance.now() + 100 })).rejects.toThrow();
    expect(performance.now() - started).toBeLessThan(2000);
  });
});

describe("results of host functions", () => {
  test("several, none, and nil in between", async () => {
    const many = lua.createVm({
      preludes: [
        globals({ three: () => results(null, "text", 2), none: () => new LuaResults([]), undef: () => undefined }),
      ],
    });
    expect(
      await evaluate(
        many,
        "return select('#', three()), select('#', none()), select('#', undef()), (select(2, three()))",
      ),
    ).toEqual([3, 0, 1, "text"]);
    const lots = lua.createVm({
      preludes: [globals({ lots: () => new LuaResults(Array.from({ length: 500 }, (_, i) => i)) })],
    });
    expect(await evaluate(lots, "return select('#', lots()), (select(500, lots()))")).toEqual([500, 499]);
  });
});

describe("reading in place", () => {
  test("types, numbers and text", async () => {
    const types = await read('return nil, true, 3, 3.0, 3.5, 1e300, "s", {}, print, coroutine.create(print)', (r) =>
      Array.from({ length: r.count + 1 }, (_, i) => r.type(i + 1)),
    );
    expect(types).toEqual([
      "nil",
      "boolean",
      "integer",
      "integer",
      "number",
      "number",
      "string",
      "table",
      "function",
      "thread",
      "nil",
    ]);
    expect(
      await read("return 0/0, 1/0, 2^62, 2^63, math.mininteger", (r) => [1, 2, 3, 4, 5].map((i) => r.type(i))),
    ).toEqual(["number", "number", "integer", "number", "integer"]);
    expect(
      await read('return "12", 7, {}', (r) => [
        r.number(1),
        r.number(2),
        r.number(9),
        r.text(2),
        r.bytes(3).length,
        r.boolean(9),
      ]),
    ).toEqual([Number.NaN, 7, Number.NaN, undefined, 0, false]);
  });

  test("a reader kept beyond its call sees nothing", async () => {
    let kept: LuaReader | undefined;
    await read("return 'secret'", (r) => {
      kept = r;
      return r.text(1);
    });
    expect(kept?.count).toBe(0);
    expect(kept?.text(1)).toBeUndefined();
  });

  test.each([
    ['"text"', "text"],
    ['"\\xff"', ""],
    ["3.0", "3"],
    ["2^62", "4611686018427387904"],
    ["0.1", "0.1"],
    ["1e-7", "0.0000001"],
    ["-1.25e-9", "-0.00000000125"],
    ["1e21", "1000000000000000000000"],
    ["2^53 + 0.0", "9007199254740992"],
    ["0/0", "NaN"],
    ["1/0", "inf"],
    ["-1/0", "-inf"],
    ["-0.0", "-0"],
    ["true", "true"],
    ["nil", "nil"],
  ])("inline %s", async (code, text) => {
    expect(await read(`return ${code}`, (r) => r.inline(1))).toBe(text);
  });

  test("inline of what is not data, without its metamethods", async () => {
    const texts = await read("return setmetatable({}, {__tostring = error}), print, coroutine.create(print)", (r) =>
      [1, 2, 3].map((i) => r.inline(i)),
    );
    expect(texts[0]).toMatch(/^Table\(Ref\(0x[0-9a-f]+\)\)$/);
    expect(texts[1]).toMatch(/^Function\(Ref\(0x[0-9a-f]+\)\)$/);
    expect(texts[2]).toMatch(/^Thread\(Ref\(0x[0-9a-f]+\)\)$/);
  });
});

describe("JSON text", () => {
  test.each([
    ["nil", "null"],
    ["true", "true"],
    ["3.0", "3"],
    ["2^53", "9007199254740992"],
    ["math.maxinteger", "9223372036854775807"],
    ["math.mininteger", "-9223372036854775808"],
    ["2^62", "4611686018427387904"],
    ["2^63", "9.223372036854776e18"],
    ["1e300", "1e300"],
    ["1e17", "100000000000000000"],
    ["0.1", "0.1"],
    ["1e-7", "1e-7"],
    ["-1.5e-9", "-1.5e-9"],
    ["0.00012", "0.00012"],
    ["-0.0", "-0.0"],
    ["0", "0"],
    ["0/0", "null"],
    ["1/0", "null"],
    ['"\\xff"', '""'],
    ['"a\\"\\\\\\b\\f\\n\\r\\t\\1\\127/ü"', '"a\\"\\\\\\b\\f\\n\\r\\t\\u0001\x7f/ü"'],
    ["{}", "[]"],
    ["{1, 2, x = 3}", "[1,2]"],
    ["{b = 1, a = {1, 2, x = 3}}", '{"a":[1,2],"b":1}'],
    ['{[0] = "z"}', '{"0":"z"}'],
    ["{1, nil, 3}", "[1,null,3]"],
    ['{["\\xF0\\x9F\\x98\\x80"] = 1, ["\\xEF\\xBF\\xBD"] = 2, a = 3, Z = 4}', '{"Z":4,"a":3,"\ufffd":2,"😀":1}'],
  ])("%s", async (code, text) => {
    expect(await read(`return ${code}`, (r) => r.json(1))).toBe(text);
    expect(await evaluate(vm, `return json(${code})`)).toEqual([text]);
  });

  test("a key that is not UTF-8 is an error", async () => {
    await expect(read('return {["\\xff"] = 1}', (r) => r.json(1))).rejects.toThrow(/^Table key: /);
  });

  test("no __pairs, no __len", async () => {
    const code = "return setmetatable({a = 1}, {__pairs = error, __len = function() return 5 end})";
    expect(await read(code, (r) => r.json(1))).toBe('{"a":1}');
  });
});
