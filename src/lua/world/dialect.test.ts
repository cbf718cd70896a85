import { describe, expect, it } from "vitest";
import { stringPositions } from "../../testing/luajit/position-cases.ts";
import { evaluateLuaJit } from "../../testing/luajit-suite.ts";
import { evaluate, luaWasmPath, stockWasmPath } from "../../testing/test-wasm.ts";
import type { LuaValue, LuaVm } from "../interface.ts";
import { bootLua } from "../wasm/boot.ts";
import { dialectPrelude } from "./dialect.ts";

describe.each([
  { name: "derived wasm", wasm: luaWasmPath },
  { name: "stock wasm", wasm: stockWasmPath },
])("LuaJIT dialect on the $name", async ({ wasm }) => {
  const lua = await bootLua({ wasm });
  const vm: LuaVm = lua.createVm({ preludes: [dialectPrelude()] });
  const run = (code: string): Promise<LuaValue[]> => evaluate(vm, code);
  const message = async (code: string) => (await run(`return select(2, pcall(function() ${code} end))`))[0];

  it("drops fractions of integer arguments", async () => {
    expect(await run('return ("%d %i %x %X %o %c"):format(3.9, "3.7", 255.9, 254.1, 8.1, 65.2)')).toEqual([
      "3 3 ff FE 10 A",
    ]);
    expect(await run('return ("%d|%5d|%-5d|%05d"):format(-3.5, 1.5, 2.5, 3.5)')).toEqual(["-3|    1|2    |00003"]);
    expect(await run('return ("x"):rep(2.7), ("abcdef"):sub(1.5, -1.5), ("abc"):byte(2.9), string.char(65.9)')).toEqual(
      ["xx", "abcdef", 98, "A"],
    );
    expect(await run('return ("abcabc"):find("b", 2.9), ("abc"):match(".", 2.5), select(1.9, "a", "b")')).toEqual([
      2,
      "b",
      "a",
      "b",
    ]);
    expect(await run('return table.concat({1, 2, 3}, ",", 1.5, 2.5), unpack({7, 8, 9}, 1.2, 2.9)')).toEqual([
      "1,2",
      7,
      8,
    ]);
    expect(await run('return (("aaa"):gsub("a", "b", 1.9)), ("abc"):sub("2")')).toEqual(["baa", "bc"]);
  });

  it(stringPositions.name, async () => {
    expect(await evaluateLuaJit(vm, stringPositions.code)).toEqual(stringPositions.expect);
  });

  it("still refuses what is no number", async () => {
    expect(await message('("x"):rep({})')).toMatch(/number expected, got table/);
    expect(await message('("x"):rep("y")')).toMatch(/number expected, got string/);
    expect(await run("return math.tointeger(3.5), pcall(function() return 1.5 | 0 end)")).toEqual([
      undefined,
      false,
      expect.stringMatching(/no integer representation/),
    ]);
  });

  it("prints NaN as an integer", async () => {
    expect(await run('return ("%d%%"):format(0 / 0)')).toEqual(["-9223372036854775808%"]);
  });

  it("tonumber takes numbers and prefixes with a base", async () => {
    expect(
      await run(
        'return tonumber(5, 10), tonumber("1.5", 10), tonumber(nil, 10), tonumber("0x1F", 16), tonumber("1f", 16), tonumber(11, 2), tonumber("z", 36), tonumber("8", 8), tonumber("7"), tonumber("x", 16), tonumber("-0x10", 16), tonumber("0x", 16), tonumber("0x-1", 16)',
      ),
    ).toEqual([5, 1.5, undefined, 31, 31, 3, 35, undefined, 7, undefined, -16, undefined, undefined]);
    expect(await message('tonumber("1", 99)')).toMatch(/base out of range/);
    expect(await message("tonumber({}, 16)")).toMatch(/string expected, got table/);
    expect(await message("tonumber()")).toMatch(/bad argument #1 to 'tonumber'/);
  });

  it("leaves other formats alone", async () => {
    expect(
      await run(
        'return ("%.2f %5.1f| %g %s %q %% %-8s| %e"):format(1/3, 2.25, 1e20, nil, "a\\n", "é", 12345.678), ("%%d %d%%"):format(50)',
      ),
    ).toEqual(['0.33   2.2| 1e+20 nil "a\\\n" % é      | 1.234568e+04', "%d 50%"]);
    expect(await message('("%d"):format()')).toMatch(/bad argument #[12] to 'format' \(no value\)/);
  });

  it("takes % before any character in a replacement", async () => {
    expect(
      await run('return (("a.b"):gsub("%.", "%-")), (("x"):gsub("x", "%.%%%n")), (("abc"):gsub("(b)", "[%1%0]"))'),
    ).toEqual(["a-b", ".%n", "a[bb]c"]);
    expect(await run('return ("aaa"):gsub("a", "%-")')).toEqual(["---", 3]);
    expect(await message('("a"):gsub("a", "%2")')).toMatch(/invalid capture index/);
    expect(await message('("a"):gsub("a", "x%")')).toMatch(/invalid use of '%' in replacement/);
    expect(
      await run('return (("k=v"):gsub("(%w)=(%w)", "%2=%1")), (("abc"):gsub("%w", { a = "1" })), (("a"):gsub("a", 5))'),
    ).toEqual(["v=k", "1bc", "5"]);
  });

  it("answers <= by __lt", async () => {
    const code = `
      local mt = { __lt = function(a, b) return (tonumber(a) or a.v) < (tonumber(b) or b.v) end }
      local a, b = setmetatable({ v = 1 }, mt), setmetatable({ v = 2 }, mt)
      return a <= b, b <= a, a >= b, a < b, a <= 1, a <= 0.5, 2 <= a, 3 >= b, a <= a`;
    expect(await run(code)).toEqual([true, false, false, true, true, false, false, true, true]);
    expect(
      await run("local t = setmetatable({}, { __le = function() return true end, __lt = error }) return t <= t"),
    ).toEqual([true]);
    expect(await message("return {} <= {}")).toMatch(/attempt to compare two table values/);
    expect(await message("return {} <= 1")).toMatch(/attempt to compare table with number/);
    expect(await message('local t = setmetatable({}, { __lt = function() error("E", 0) end }) return t <= t')).toBe(
      "E",
    );
  });

  it("table.insert and table.remove know no bounds", async () => {
    const code = `
      local t = { 1, 2, 3 }
      local gone = table.remove(t, 10)
      table.insert(t, 6, "x")
      local u = { 1, 2 }
      table.insert(u, 1.5, "first")
      table.insert(u, "last")
      return gone, t[3], t[6], table.remove({}), table.remove({}, 5), table.remove({ 1 }, 0), table.remove({ 1, 2 }, 1), table.concat(u, ",")`;
    expect(await run(code)).toEqual([undefined, 3, "x", undefined, undefined, undefined, 1, "first,1,2,last"]);
    expect(await message("table.insert(nil, 1)")).toBe("test:1: bad argument #1 to 'insert' (table expected, got nil)");
    expect(await message("table.insert({}, 1, 2, 3)")).toMatch(/wrong number of arguments to 'insert'/);
    expect(await message("table.insert({}, 'x', 2)")).toMatch(
      /bad argument #2 to 'insert' \(number expected, got string\)/,
    );
    expect(
      await run("local t = setmetatable({}, { __index = { 9 } }) table.insert(t, 1) return #t, rawget(t, 1)"),
    ).toEqual([1, 1]);
  });

  it("error gives a number message its position", async () => {
    expect(await message("error(42)")).toBe("test:1: 42");
    expect(await message("error(4.5)")).toBe("test:1: 4.5");
    expect(await message("error(42, 0)")).toBe(42);
    expect(await message('local function f() error("x", "2") end\nf()')).toBe("test:2: x");
    expect(await message('error("x")')).toBe("test:1: x");
    expect(await message('local function f() error("x", 2) end\nf()')).toBe("test:2: x");
    expect(
      await run("return select(2, pcall(error, 42)), select(2, pcall(error)), (select(2, pcall(error, { 1 })))[1]"),
    ).toEqual(["42", undefined, 1]);
    expect(await run('return select(2, pcall(error, "m")), select(2, pcall(error, true))')).toEqual(["m", true]);
  });

  it("ipairs names what it was not given", async () => {
    expect(await message("for _ in ipairs(nil) do end")).toBe(
      "test:1: bad argument #1 to 'ipairs' (table expected, got nil)",
    );
    expect(await message('ipairs("x")')).toMatch(/bad argument #1 to 'ipairs' \(table expected, got string\)/);
    expect(await run("local n = 0 for i, v in ipairs({ 1, 2, nil, 4 }) do n = n + v end return n")).toEqual([3]);
  });

  it("random takes any bounds", async () => {
    const code = `
      math.randomseed(1.5) math.randomseed(1e300) math.randomseed("7")
      for _ = 1, 50 do
        local r = math.random(1.5, 3.9)
        assert(r >= 1 and r <= 3 and math.type(r) == "integer")
        local b = math.random(1e19, 1e19 + 4096)
        assert(b >= 1e19)
        assert(math.random(-2.5, -1) >= -3)
      end
      return math.random(0), math.random(1), math.random() < 1`;
    expect(await run(code)).toEqual([1, 1, true]);
    expect(
      await run("local r = math.random(5, 1) return r >= 2 and r <= 5, math.random(2, 1), math.random(1, 1, 9)"),
    ).toEqual([true, 2, 1]);
    expect(await message("math.random({})")).toMatch(/bad argument #1 to 'random' \(number expected, got table\)/);
    expect(await message("math.randomseed({})")).toMatch(
      /bad argument #1 to 'randomseed' \(number expected, got table\)/,
    );
    expect(await run("return select('#', math.randomseed(1))")).toEqual([0]);
  });

  it("has what 5.4 dropped", async () => {
    expect(
      await run(
        "return math.atan2(1, -1) == math.atan(1, -1), math.pow(2, 10), math.ldexp(0.5, 4), math.log10(1000), math.cosh(0), math.sinh(0), math.tanh(0)",
      ),
    ).toEqual([true, 1024, 8, expect.closeTo(3), 1, 0, 0]);
    for (const value of [8, -0.3, 5e-324, 1.5 * 2 ** 1023, 1, 0.5, 2 ** 52 + 1]) {
      const [m, e] = await run(`return math.frexp(${value})`);
      expect(Math.abs(m as number)).toBeGreaterThanOrEqual(0.5);
      expect(Math.abs(m as number)).toBeLessThan(1);
      expect(await run(`return math.ldexp(${m}, ${e}) == ${value}`)).toEqual([true]);
    }
    expect(await run("return math.frexp(0), select('#', math.frexp(1/0))")).toEqual([0, 2]);
    expect(
      await run(`
        local out = {}
        table.foreachi({ "a", "b" }, function(i, v) out[#out + 1] = i .. v end)
        return table.getn({ 1, 2, 3 }), table.maxn({ 1, 2, [10] = 1, [2.5] = 1, [-1] = 1 }), table.maxn({}), table.concat(out),
          table.foreach({ x = 1 }, function(k, v) return k .. v end), unpack({ 1, nil, 3 }, 1, 3)`),
    ).toEqual([3, 10, 0, "1a2b", "x1", 1, undefined, 3]);
    expect(await run('return loadstring("return 1 + 1")(), (loadstring("return +"))')).toEqual([2, undefined]);
    expect(await message("loadstring(print)")).toMatch(
      /bad argument #1 to 'loadstring' \(string expected, got function\)/,
    );
    expect(await run("return type(gcinfo()), type(newproxy()), type(getmetatable(newproxy(true)))")).toEqual([
      "number",
      "userdata",
      "table",
    ]);
    expect(await message("string.dump(print)")).toMatch(/string.dump is not available/);
  });

  it("newproxy is no way to a finaliser", async () => {
    const code = `
      ran = 0
      local a = newproxy(true)
      getmetatable(a).__gc = function() ran = ran + 1 end
      local b = newproxy(a)
      local shared = getmetatable(b) == getmetatable(a) and getmetatable(a).__gc ~= nil
      a, b = nil, nil
      collectgarbage() collectgarbage()
      return shared, ran`;
    expect(await run(code)).toEqual([true, 0]);
  });

  it("bit results are signed 32-bit", async () => {
    expect(
      await run(
        "return bit.band(-1, 0xff), bit.bor(1, 2, 4), bit.bxor(0xff, 0x0f), bit.bnot(0), bit.lshift(1, 31), bit.rshift(-1, 28), bit.arshift(-256, 4)",
      ),
    ).toEqual([255, 7, 240, -1, -(2 ** 31), 15, -16]);
    expect(
      await run(
        "return bit.rol(0x12345678, 8), bit.ror(0x12345678, 8), bit.bswap(0x12345678), bit.lshift(1, 32), bit.lshift(1, 33)",
      ),
    ).toEqual([878082066, 2014458966, 2018915346, 1, 2]);
    expect(
      await run(
        'return bit.tobit(0xffffffff), bit.tobit(2^32 + 5), bit.tobit("7"), bit.tobit(2^53 + 2), bit.tobit(-1e15)',
      ),
    ).toEqual([-1, 5, 7, 2, Number(BigInt.asIntN(32, BigInt(-1e15)))]);
    expect(await run("return bit.tobit(2.5), bit.tobit(3.5), bit.tobit(-2.5), bit.tobit(0/0)")).toEqual([2, 4, -2, 0]);
    expect(
      await run(
        "return bit.tohex(1), bit.tohex(-1), bit.tohex(0xdeadbeef, 4), bit.tohex(255, -2), bit.tohex(1, 0), bit.tohex(5, 10)",
      ),
    ).toEqual(["00000001", "ffffffff", "beef", "FF", "", "0000000005"]);
    expect(await message("bit.band()")).toMatch(/bad argument #1 to 'band' \(number expected, got no value\)/);
    expect(await message("bit.bor(1, {})")).toMatch(/bad argument #2 to 'bor' \(number expected, got table\)/);
  });

  it("jit is a stub that says so", async () => {
    expect(await run("return jit.version, jit.version_num, jit.status(), (jit.off()), jit.os, jit.arch")).toEqual([
      "LuaJIT 2.1 (compat)",
      20199,
      false,
      undefined,
      "Linux",
      "x64",
    ]);
  });

  it("function environments", async () => {
    expect(
      await run(`
        local f = loadstring("return value")
        local env = { value = "from env" }
        local same = setfenv(f, env) == f
        local g = loadstring("value = 5")
        setfenv(g, env)
        g()
        return same, f(), getfenv(f) == env, rawget(_G, "value")`),
    ).toEqual([true, 5, true, undefined]);
    expect(
      await run(`
        local chunk = loadstring([[
          local before = getfenv(1) == _G
          setfenv(1, setmetatable({}, { __index = _G }))
          created = "inside"
          return before, created, rawget(_G, "created")
        ]])
        return chunk()`),
    ).toEqual([true, "inside", undefined]);
    expect(
      await run(`
        local function no_globals(x) return x end
        local env = {}
        setfenv(no_globals, env)
        return getfenv(no_globals) == env, getfenv(0) == _G, getfenv() == _G, getfenv(print) == _G`),
    ).toEqual([true, true, true, true]);
    expect(await message("setfenv(rawget, {})")).toMatch(/'setfenv' cannot change environment of given object/);
    expect(await message("setfenv(0, {})")).toMatch(/setfenv\(0\) is not available/);
    expect(await message("setfenv(1)")).toMatch(/bad argument #2 to 'setfenv' \(table expected, got no value\)/);
    expect(await message("getfenv(100)")).toMatch(/bad argument #1 to 'getfenv' \(invalid level\)/);
  });

  it("module and its options", async () => {
    expect(
      await run(`
        package.preload["my.mod"] = function(...)
          module(..., function(m) setmetatable(m, { __index = _G }) end)
          function hello() return "hello from " .. _NAME .. " in " .. _PACKAGE end
        end
        local m = require("my.mod")
        return m.hello(), my.mod == m, rawget(_G, "hello")`),
    ).toEqual(["hello from my.mod in my.", true, undefined]);
  });
});
