import { describe, expect, test } from "vitest";
import { evaluate, testLua } from "../../testing/test-wasm.ts";
import type { Prelude } from "../interface.ts";

const lua = await testLua();
const bare = lua.createVm({ preludes: [] });
const run = (code: string) => evaluate(bare, code);

describe("globals", () => {
  test("exactly the allow-list", async () => {
    const [names] = await run(
      "local t = {} for k in next, _G do t[#t + 1] = k end table.sort(t) return table.concat(t, ' ')",
    );
    expect(names).toBe(
      "_G _VERSION assert collectgarbage coroutine debug error getmetatable ipairs load math next os package pairs pcall " +
        "print rawequal rawget rawlen rawset require select setmetatable string table tonumber tostring type utf8 xpcall",
    );
  });

  test("libraries without what reaches outside", async () => {
    const [os, debug, pkg, dump] = await run(`
      local function names(t) local out = {} for k in next, t do out[#out + 1] = k end table.sort(out) return table.concat(out, " ") end
      return names(os), names(debug), names(package), tostring(string.dump)`);
    expect(os).toBe("clock date difftime time");
    expect(debug).toBe(
      "debug gethook getinfo getlocal getmetatable getregistry getupvalue getuservalue sethook setlocal setmetatable setupvalue setuservalue traceback upvalueid upvaluejoin",
    );
    expect(pkg).toBe("config cpath loaded path preload searchers");
    expect(dump).toBe("nil");
  });

  test.each(["io", "dofile", "loadfile", "warn", "js", "globalThis", "window"])("%s is nil", async (name) => {
    expect(await run(`return type(${name})`)).toEqual(["nil"]);
  });

  test("package.loaded holds the reduced libraries", async () => {
    expect(
      await run(
        "return package.loaded.os == os, package.loaded.debug == debug, package.loaded.io, package.loaded._G == _G",
      ),
    ).toEqual([true, true, undefined, true]);
  });
});

describe("code", () => {
  test("load takes text only", async () => {
    expect(await run(`return load("\\27Lua")`)).toEqual([
      undefined,
      expect.stringContaining("attempt to load a binary chunk"),
    ]);
    expect(await run(`return load("\\27Lua", "x", "b")`)).toEqual([undefined, expect.stringContaining("mode is 'b'")]);
    expect(await run(`return load("return 1", "x", "b")`)).toEqual([
      undefined,
      "attempt to load a text chunk (mode is 'b')",
    ]);
    expect(await run(`return load("return 1", "x", "bt")()`)).toEqual([1]);
    expect(await run(`return load("x = 1; return x", "x", "t", {})()`)).toEqual([1]);
    expect(await run(`return pcall(load("x = 1", "x", "t", nil))`)).toEqual([
      false,
      expect.stringMatching(/attempt to index .*nil value/),
    ]);
    expect(
      await run(`local parts, i = {"return ", "4", "2"}, 0 return load(function() i = i + 1 return parts[i] end)()`),
    ).toEqual([42]);
  });

  test("compile takes text only", () => {
    expect(() => bare.compile("\x1bLua", "=x")).toThrow(/binary chunk/);
    expect(() => bare.compile("return +", "=x")).toThrow(
      expect.objectContaining({ kind: "syntax", message: "x:1: unexpected symbol near '+'" }),
    );
  });

  test("a chunk name reads as Lua writes it", () => {
    expect(() => bare.compile("+", "my_module")).toThrow(/^\[string "my_module"\]:1: /);
  });
});

describe("metatables", () => {
  test("the string metatable is protected", async () => {
    expect(await run(`return getmetatable("").__index == string, pcall(setmetatable, "", {})`)).toEqual([
      true,
      false,
      "bad argument #1 to 'setmetatable' (table expected, got string)",
    ]);
    // What programs see is a copy: nothing they do to it changes strings.
    expect(await run(`getmetatable("").__index = {} getmetatable("").__len = print return ("x"):upper()`)).toEqual([
      "X",
    ]);
  });

  test("tables have no finalisers, and nothing notices", async () => {
    const [set, kept, ran] = await run(`
      local ran = 0
      local mt = {__gc = function() ran = ran + 1 end, __index = {a = 1}}
      local t = setmetatable({}, mt)
      local kept = t.a == 1 and mt.__gc ~= nil and getmetatable(t) == mt
      t = nil collectgarbage() collectgarbage()
      return true, kept, ran`);
    expect([set, kept, ran]).toEqual([true, true, 0]);
    expect(
      await run(
        "local mt = {__metatable = 1, __gc = 1} local t = setmetatable({}, mt) return pcall(setmetatable, t, {__gc = 1})",
      ),
    ).toEqual([false, "cannot change a protected metatable"]);
  });
});

describe("debug", () => {
  test("upvalues of user functions are open", async () => {
    expect(await run("local secret = 42 local function f() return secret end return debug.getupvalue(f, 1)")).toEqual([
      "secret",
      42,
    ]);
  });

  test("functions of C and of the house are closed", async () => {
    const closed = [
      "print",
      "setmetatable",
      "load",
      "xpcall",
      "require",
      "debug.getinfo",
      "debug.getupvalue",
      "coroutine.wrap",
      "table.sort",
      "string.gsub",
      "tostring",
      "package.searchers[1]",
    ];
    for (const name of closed) {
      expect(
        await run(
          `local out = {} for i = 1, 60 do local n, v = debug.getupvalue(${name}, i) if n then out[#out + 1] = n end end return #out`,
        ),
        name,
      ).toEqual([0]);
    }
  });

  test("prelude functions and what they hide stay closed", async () => {
    const prelude: Prelude = {
      name: "=house",
      source: `local host, primitives = ...
        local secret = primitives.debug
        function open() return host.get() end
        function call_back(f) return secret and f() end`,
      functions: { get: () => 1 },
    };
    const vm = lua.createVm({ preludes: [prelude] });
    expect(await evaluate(vm, "return open(), debug.getupvalue(open, 1), debug.getupvalue(call_back, 1)")).toEqual([
      1,
      undefined,
      undefined,
    ]);
    expect(
      await evaluate(
        vm,
        "return call_back(function() local out = {} for level = 0, 6 do local i = debug.getinfo(level) if i and i.func then out[#out + 1] = i.source end end return table.concat(out, ' ') end)",
      ),
    ).toEqual(["=test"]);
    expect(await evaluate(vm, "return host, primitives, exports")).toEqual([undefined, undefined, undefined]);
  });

  test("a level is a level, however it is written", async () => {
    const functions = await run(`
      local out = {}
      local function look()
        for level = 0, 8 do
          for _, subject in ipairs({ level, tostring(level), level + 0.0, level + 0.5, " " .. level .. " " }) do
            local info = debug.getinfo(subject, "Sf")
            if info and info.func and (info.what == "C" or info.source ~= "=test") then out[#out + 1] = info.source end
          end
        end
      end
      table.sort({ 2, 1, 3 }, function(a, b) look() return a < b end)
      pcall(string.gsub, "x", ".", look)
      xpcall(error, look)
      local co = coroutine.create(function() pcall(table.sort, { 2, 1 }, coroutine.yield) coroutine.yield() end)
      coroutine.resume(co)
      for level = 0, 5 do
        local info = debug.getinfo(co, tostring(level), "Sf")
        if info and info.func and info.source ~= "=test" then out[#out + 1] = info.source end
      end
      return #out`);
    expect(functions).toEqual([0]);
    expect(await run("return debug.getinfo(1/0), debug.getinfo(-1), debug.getinfo(1e300), debug.getinfo(0/0)")).toEqual(
      [undefined, undefined, undefined, undefined],
    );
  });

  test("refusals do not tell of wrappers", async () => {
    const texts = await run(`
      local out = {}
      for _, f in ipairs({
        function() setmetatable(1, {}) end,
        function() setmetatable({}, 1) end,
        function() setmetatable(setmetatable({}, { __metatable = 1 }), {}) end,
        function() xpcall(print, {}) end,
        function() xpcall(print) end,
        function() debug.getinfo() end,
        function() debug.getinfo(1, "?") end,
        function() debug.getinfo(1, ">f") end,
        function() debug.getupvalue(1, 1) end,
      }) do
        out[#out + 1] = select(2, pcall(f))
      end
      return table.concat(out, "\\n")`);
    expect(String(texts[0]).split("\n")).toEqual([
      "test:4: bad argument #1 to 'setmetatable' (table expected, got number)",
      "test:5: bad argument #2 to 'setmetatable' (nil or table expected)",
      "test:6: cannot change a protected metatable",
      "test:7: bad argument #2 to 'xpcall' (function expected, got table)",
      "test:8: bad argument #2 to 'xpcall' (function expected, got nil)",
      "test:9: bad argument #1 to 'getinfo' (function or level expected)",
      "test:10: bad argument #2 to 'getinfo' (invalid option)",
      "test:11: bad argument #2 to 'getinfo' (invalid option)",
      "test:12: bad argument #1 to 'getupvalue' (function expected, got number)",
    ]);
  });

  test("getinfo counts levels as the original does", async () => {
    expect(
      await run(
        "local function f() return debug.getinfo(1, 'l').currentline, debug.getinfo(2, 'S').what end local line, what = f() return line, what",
      ),
    ).toEqual([1, "main"]);
    expect(await run("return debug.getinfo(1, 'S').short_src, debug.getinfo(print).what, debug.getinfo(100)")).toEqual([
      "test",
      "C",
      undefined,
    ]);
    expect(await run("return debug.getinfo(function() end, 'u').nups, pcall(debug.getinfo, 1, '>')")).toEqual([
      0,
      false,
      expect.stringContaining("invalid option"),
    ]);
  });

  test("raw xpcall and load cannot be fished from the stack", async () => {
    const [count] = await run(`
      local found = 0
      local function fish() for level = 1, 12 do local i = debug.getinfo(level, "Sf") if i and i.func and i.what ~= "Lua" and i.what ~= "main" then found = found + 1 end end end
      xpcall(function() error("x") end, fish)
      load(function() fish() return nil end)
      pcall(fish)
      return found`);
    expect(count).toBe(0);
  });
});

describe("require", () => {
  test("preload, loaded, and the text of a failure", async () => {
    expect(
      await run(
        `package.preload.m = function(...) return {select("#", ...), ...} end local m, where = require("m") return m[1], m[2], where, require("m") == m`,
      ),
    ).toEqual([1, "m", undefined, true]);
    expect(await run(`return pcall(require, "nope")`)).toEqual([
      false,
      "module 'nope' not found:\n\tno field package.preload['nope']",
    ]);
  });
});

describe("replacements behave as the originals", () => {
  test.each([
    [`return (("hello world"):gsub("o", function() end))`, ["hello world"]],
    [`return ("hello"):gsub("", function() return "-" end)`, ["-h-e-l-l-o-", 6]],
    [`return ("abc"):gsub("%w", function(c) return c:upper() end, 2)`, ["ABc", 2]],
    [`return ("abc"):gsub("^a", function() return "x" end)`, ["xbc", 1]],
    [`return ("abc def"):gsub("(%w)(%w*)", function(a, b) return b .. a end)`, ["bca efd", 2]],
    [`return ("abc"):gsub("b*", function(m) return "<" .. m .. ">" end)`, ["<>a<b><>c<>", 4]],
    [`return ("abc"):gsub("()", function(p) return p end)`, ["1a2b3c4", 4]],
    [`return pcall(string.gsub, "abc", ".", function() return {} end)`, [false, "invalid replacement value (a table)"]],
    [`return ("x y"):gsub("%w", setmetatable({}, {__index = function(_, k) return k .. k end}))`, ["xx yy", 2]],
    [`return ("abc"):gsub(".", {a = "1", b = false})`, [`1bc`, 3]],
    [`return string.rep(12, 2), (string.gsub(1.5, "%.", ","))`, ["1212", "1,5"]],
    [`local t = {5, 2, 8, 1} table.sort(t, function(a, b) return a > b end) return table.concat(t, " ")`, ["8 5 2 1"]],
    [
      `local t = {} for i = 1, 500 do t[i] = (i * 7919) % 503 end table.sort(t, function(a, b) return a < b end) for i = 2, 500 do assert(t[i - 1] <= t[i]) end return #t`,
      [500],
    ],
    [
      `return pcall(table.sort, {3, 1, 2, 5, 4, 9, 7, 8, 6, 10, 12, 11, 15, 14, 13}, function() return true end)`,
      [false, expect.stringContaining("invalid order function")],
    ],
    [
      `local t = {} for i = 1, 10 do t[i] = { k = i % 3, i = i } end table.sort(t, function(a, b) return a.k < b.k end) local o = {} for i = 1, 10 do o[i] = t[i].i end return table.concat(o, " ")`,
      ["9 6 3 7 1 10 4 2 8 5"],
    ],
    [
      `local t = {} for i = 1, 20 do t[i] = i end return select(2, pcall(function() table.sort(t, function() return true end) end))`,
      [expect.stringMatching(/^\S+:1: invalid order function for sorting$/)],
    ],
    [
      `return tostring(nil), tostring(1.5), tostring("x"), tostring(setmetatable({}, {__tostring = function() return "T" end}))`,
      ["nil", "1.5", "x", "T"],
    ],
    [`return pcall(tostring, setmetatable({}, {__tostring = function() return {} end}))`, [true, []]],
    [`return (tostring(setmetatable({}, {__name = "My"})):gsub("0x%x+", "ADDR"))`, ["My: ADDR"]],
    [`return tostring({}):match("^table: 0x%x+$") ~= nil`, [true]],
    [`return xpcall(function(a, b) return a + b end, print, 1, 2)`, [true, 3]],
    [`return xpcall(error, function(e) return e .. "!" end, "x")`, [false, "x!"]],
    [`return type(collectgarbage("count")), collectgarbage("stop"), collectgarbage()`, ["number", 0, 0]],
    [
      `return 10 / 2 .. "", tostring(2^53), string.format("%s", 7.0), 0.1 .. ""`,
      ["5", "9.007199254741e+15", "7", "0.1"],
    ],
    [
      `return os.time{year = 2020, month = 1, day = 1, hour = 12} - os.time{year = 2020, month = 1, day = 1, hour = 11}`,
      [3600],
    ],
    [
      `return os.date("!%Y-%m-%dT%H:%M:%S %a %b %j %p %U %V", 1600000000)`,
      ["2020-09-13T12:26:40 Sun Sep 257 PM 37 37"],
    ],
    [`local d = os.date("!*t", 86400 * 60) return d.month, d.day, d.yday, d.wday, d.isdst`, [3, 2, 61, 2, false]],
  ] as [string, unknown[]][])("%s", async (code, expected) => {
    expect(await run(code)).toEqual(expected);
  });
});
