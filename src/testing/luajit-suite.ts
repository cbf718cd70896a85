/**
 * What LuaJIT does where plain Lua 5.4 does something else, each a fault somebody met: data for test runners of every
 * engine. No test framework in here.
 * @module
 */
import { messageOf } from "../base/message-of.ts";
import type { LuaEngineModule, LuaVm } from "../lua/interface.ts";
import { dialectPrelude } from "../lua/world/dialect.ts";
import type { LuaJitCase } from "./luajit/case.ts";
import { luaJitDebugCases } from "./luajit/debug-cases.ts";
import { luaJitLanguageCases } from "./luajit/language-cases.ts";
import { otherPositions, stringPositions } from "./luajit/position-cases.ts";

/** Engines run new code with larger frames first: what is measured is the nesting of a program that has run for a moment. */
const warmUp = `local function warm(n) if n > 0 then return pcall(warm, n - 1) end end
      for _ = 1, 3000 do warm(100) end`;
/** Levels every construct takes. */
const deep = 1000;

export const luaJitSuite: readonly LuaJitCase[] = [
  {
    name: "sums, products and fibonacci numbers leave the integers",
    code: `local f, a, b, p = 1, 0, 1, 1
      for i = 1, 25 do f = f * i end
      for i = 1, 100 do a, b = b, a + b end
      for i = 1, 70 do p = p * 2 end
      return { f, a, p, 0xffffffffffffffff }`,
    expect: [1.5511210043330986e25, 3.54224848179262e20, 1.1805916207174113e21, 1.8446744073709552e19],
  },
  {
    name: "integers up to 2^53 - 1 stay integers, in every way to write the operation",
    code: `local most, one, two = 9007199254740991, 1, 2
      local out = {}
      for i, v in ipairs({ most + 1, most + one, -most - 1, -most - one, most * 2, most * two, -most * two, most - -one,
        most - 1, most - one, 94906265 * 94906265, 94906267 * 94906267, "9007199254740991" + 1, "3" * "4" }) do
        out[i] = ("%.0f"):format(v) .. (math.type(v) == "integer" and "i" or "")
      end
      return out`,
    expect: [
      "9007199254740992",
      "9007199254740992",
      "-9007199254740992",
      "-9007199254740992",
      "18014398509481982",
      "18014398509481982",
      "-18014398509481982",
      "9007199254740992",
      "9007199254740990i",
      "9007199254740990i",
      "9007199136250225i",
      "9007199515875288",
      "9007199254740992",
      "12i",
    ],
  },
  {
    name: "numerals beyond 2^53, decimal, hexadecimal and in strings",
    code: `return { 9007199254740993 == 9007199254740992.0, 0x1fffffffffffffffffffffff > 1e27, tonumber("18446744073709551615") > 1.8e19,
        tonumber("0xffffffffffffffff") > 1.8e19, 0x00000000000000000000000000000ff, tonumber("-9007199254740993") < 0, 123456789012 }`,
    expect: [true, true, true, true, 255, true, 123456789012],
  },
  {
    name: "names in any script",
    code: `local function 加(甲, 乙) return 甲 + 乙 end
      local t = { 值 = 3, größe = 2 }
      function t.été(x) return x + t.größe end
      goto конец
      ::конец::
      return { 加(t.值, 4), t.été(1) }`,
    expect: [7, 3],
  },
  {
    name: "ipairs reads raw and honours __ipairs",
    code: `local counters, n, m = setmetatable({ 5, 6 }, { __index = function() return 0 end }), 0, 0
      for _ in ipairs(counters) do n = n + 1 if n > 100 then break end end
      for _ in ipairs(setmetatable({}, { __ipairs = function() return function(_, i) if i < 3 then return i + 1, 1 end end, nil, 0 end })) do m = m + 1 end
      local step = ipairs({})
      return { n, m, (select(2, pcall(step, "x", 0))), (pcall(ipairs, nil)), (pcall(ipairs)) }`,
    expect: [2, 3, "bad argument #1 to '?' (table expected, got string)", false, false],
  },
  {
    name: "== asks __eq only when both operands have the same one",
    code: `local vector = { __eq = function(a, b) return a.x == b.x end }
      local function new(x) return setmetatable({ x = x }, vector) end
      local cousin = setmetatable({ x = 1 }, { __eq = vector.__eq })
      local v = new(1)
      return { v == {}, {} == v, v == setmetatable({}, { __eq = function() return true end }), v == new(1), v == new(2), v ~= new(2), v == cousin, v == 1, v == nil }`,
    expect: [false, false, false, true, false, true, true, false, false],
  },
  {
    name: "userdata compare by the same rule",
    code: `local a, b = newproxy(true), newproxy(true)
      getmetatable(a).__eq = function() return true end
      local c = newproxy(a)
      local before = a == b
      getmetatable(b).__eq = getmetatable(a).__eq
      return { before, a == b, a == c, b == newproxy(true) }`,
    expect: [false, true, true, false],
  },
  {
    name: "string.format drops what means nothing to a conversion",
    code: `local function f(...) local ok, s = pcall(string.format, ...) return ok and (s:gsub("%z", "0")) or "RAISED " .. s end
      return { f("%02s", 5), f("%05s", "12"), f("%.2F", 1.5), f("%+x", 3), f("%5q", "a"), f("%5s", "a\\0b"), f("%-5s|", "a\\0b"),
        f("%.2s|", "a\\0b"), f("%#s", 5), f("%05c", 65), f("%.3c", 65), f("%+5.1f", 1.5), f("%05d", -3), f("%#x", 255), f("%.3d", 5),
        f("% i", 3), f("%+u", 3), f("%q", 5), f("%q", true), f("%q", {}):match("table") or "?", f("%-+ #05.2s|", "abc"), f("%5.1s|", "xyz"), f("%%") }`,
    expect: [
      " 5",
      "   12",
      "1.50",
      "3",
      '"a"',
      "  a0b",
      "a0b  |",
      "a0|",
      "5",
      "    A",
      "A",
      " +1.5",
      "-0003",
      "0xff",
      "005",
      " 3",
      "3",
      '"5"',
      '"true"',
      "table",
      "ab   |",
      "    x|",
      "%",
    ],
  },
  {
    name: "string.format still refuses what no reader could mean",
    code: `local function f(...) return (pcall(string.format, ...)) end
      return { f("%100s", 1), f("%5.100f", 1), f("%y", 1), f("%", 1), f("%d", "x"), f("%d") }`,
    expect: [false, false, false, false, false, false],
  },
  {
    name: "gsub gives a callback as many arguments as the pattern has captures",
    code: `local counts = {}
      local function count(...) counts[#counts + 1] = select("#", ...) end
      ;("abc"):gsub("b", count) ;("abc"):gsub("(b)", count) ;("abc"):gsub("(a)(b)()", count)
      ;("abcdefghijklmno"):gsub(("(.)"):rep(9), count) ;("abcdefghijklmno"):gsub(("(.)"):rep(12), count)
      return { (("&#65; &#66;"):gsub("&#(%d+);", string.char)), counts, (("ab"):gsub("(a)(b)", function(...) return ("<%s>"):format(table.concat({ ... }, ",")) end)) }`,
    expect: ["A B", [1, 1, 3, 9, 12], "<a,b>"],
  },
  {
    name: "require gives a module its name alone",
    code: `package.preload.oldstyle = function(...) module(...) twice = 20 end
      package.preload.counting = function(...) return { n = select("#", ...), ... } end
      local counting = require("counting")
      return { (require("oldstyle") or oldstyle).twice, counting.n, counting[1], select("#", require("counting")) }`,
    expect: [20, 1, "counting", 1],
  },
  {
    name: "the modules that come with LuaJIT",
    code: `local new, clear, buffer = require("table.new"), require("table.clear"), require("string.buffer")
      local t = new(10, 0) t[1], t.x = 1, 2 clear(t)
      local b = buffer.new(100):put("a", 1, " "):putf("%03d", 7)
      local text, length = tostring(b), #b
      local first = b:get(2)
      b:skip(1)
      return { next(t) == nil, table.new == new, text, length, first, b:tostring(), b .. "!", b:reset():tostring(), #b:set("xy"), type(require("jit.opt").start), type(require("jit.util").funcinfo) }`,
    expect: [true, true, "a1 007", 6, "a1", "007", "007!", "", 2, "function", "function"],
  },
  ...luaJitDebugCases,
  ...luaJitLanguageCases,
  stringPositions,
  otherPositions,
  {
    name: "an error in a message handler ends it",
    code: `local calls = 0
      local ok, message = xpcall(error, function() calls = calls + 1 error("again") end, "first")
      return { ok, message, calls }`,
    expect: [false, "error in error handling", 1],
  },
  {
    name: `${deep} levels of pcall, metamethods, iterators and coroutines`,
    code: `${warmUp}
      local depth = setmetatable({ [0] = 0 }, { __index = function(t, n) local v = t[n - 1] + 1 t[n] = v return v end })
      local function guarded(n) if n == 0 then return 0 end local ok, v = pcall(guarded, n - 1) assert(ok, v) return v + 1 end
      local function threads(n) if n == 0 then return 0 end return coroutine.wrap(function() return threads(n - 1) + 1 end)() end
      local function loops(n) if n == 0 then return 0 end for v in function(_, v) if not v then return loops(n - 1) + 1 end end do return v end end
      local adds = {}
      adds.__add = function(a, n) if n == 0 then return 0 end return a + (n - 1) + 1 end
      for _ = 1, 300 do threads(30) loops(30) end
      return { depth[${deep}], guarded(${deep}), threads(${deep}), loops(${deep}), setmetatable({}, adds) + ${deep} }`,
    expect: [deep, deep, deep, deep, deep],
    nests: true,
  },
  {
    name: "nesting without end is an error, and Lua goes on",
    code: `${warmUp}
      local function again() local ok, message = pcall(again) if not ok then error(message, 0) end end
      local looped = setmetatable({}, {}) getmetatable(looped).__index = function(t, k) return t[k] end
      local function thread() return coroutine.wrap(thread)() end
      local function replaced() return (("a"):gsub("a", replaced)) end
      local out = {}
      for i, f in ipairs({ again, function() return looped.x end, thread, replaced }) do
        local ok, message = pcall(f)
        out[i] = not ok and (tostring(message):find("stack overflow") or tostring(message):find("error in error")) ~= nil
      end
      return { out, 1 + 1 }`,
    expect: [[true, true, true, true], 2],
    nests: true,
  },
  {
    name: "what is divided by zero is no number, also between whole numbers",
    code: `local zero, out = 0, {}
      for i, v in ipairs { 5 % zero, -5 % 0, "5" % 0, 5.5 % zero, math.fmod(5, 0), math.fmod(-5, zero) } do out[i] = v ~= v end
      return { out, { 7 % 3, -7 % 3, 7 % -3, 7 % -1, -7 % -1, math.fmod(-5, 3) } }`,
    expect: [
      [true, true, true, true, true, true],
      [1, 2, -2, 0, 0, -2],
    ],
  },
  {
    name: "math.max and math.min take numbers and their texts",
    code: `local function f(...) local ok, v = pcall(...) return ok and v or v:gsub("^.-: ", "") end
      return { math.max("10", 9), math.min(3, "2", 5), f(function() math.max("a") end), f(function() math.max() end), f(function() math.min(1, {}) end), math.max(2.5) }`,
    expect: [
      10,
      2,
      "bad argument #1 to 'max' (number expected, got string)",
      "bad argument #1 to 'max' (number expected, got no value)",
      "bad argument #2 to 'min' (number expected, got table)",
      2.5,
    ],
  },
  {
    name: "strings are ordered by their bytes, zeros included",
    code: `local function order(a, b) return a < b and "<" or a == b and "=" or a > b and ">" or "?" end
      local z = ("\\0"):rep(20)
      return { order(z, z .. "\\0"), order(z .. "\\255", z .. "a"), order("a\\0", "a"), order("aaaaaaaa\\0b", "aaaaaaaab"),
        order("abcdefgh", "abcdefgh"), order("", "\\0"), order("é", "z"), z <= z, order("abcdefghi", "abcdefgh") }`,
    expect: ["<", ">", ">", "<", "=", "<", ">", true, ">"],
  },
  {
    name: "a chunk may begin with a byte order mark or a line for the shell",
    code: `local function f(text) local chunk, why = load(text) return chunk and chunk() or why end
      local pieces, i = { "\\239\\187\\191retu", "rn 4" }, 0
      return { f("\\239\\187\\191return 1"), f("#!/usr/bin/lua\\nreturn 2"), f("\\239\\187\\191# x\\nreturn debug.getinfo(1, 'l').currentline"),
        load(function() i = i + 1 return pieces[i] end)(), loadstring("#")  ~= nil }`,
    expect: [1, 2, 2, 4, true],
  },
  {
    name: "an error at a level of the host has no position",
    code: `local _, a = pcall(function() error("x", 3) end)
      local _, b = pcall(string.gsub, "x", ".", function() error("y", 2) end)
      local function check() error("z", 2) end
      local _, c = pcall(function() check() end)
      return { a, b, (c:gsub("^.*:(%d+)", "%1")) }`,
    expect: ["case:1: x", "y", "4: z"],
  },
  {
    name: "numbers in binary, infinities and no numbers as texts",
    code: `local function n(text) return tonumber(text) or "nil" end
      return { 0b101, 0B11, -0b1, 0b11 + 1, "0b11" + 0, n("-0b101"), n("0b"), n("0b12"), n(" 0b1 "), 0x1F, n("0xg"),
        tonumber("inf") == math.huge, tonumber("-Infinity") == -math.huge, tonumber("nan") ~= tonumber("nan"), n("infx"), n("1n"), n("none"), (load("return 0b12")) or "no" }`,
    expect: [5, 3, -1, 4, 3, -5, "nil", "nil", 1, 31, "nil", true, true, true, "nil", "nil", "nil", "no"],
  },
  {
    name: "syntax errors in the reference's words",
    code: `local out = {}
      for i, text in ipairs({ "x y", "a + 1", "x++", "x != 1", "a.b", "goto nope", "::a:: ::a::", "break", "return 3x", "return 1LL", "return 0xfULL", "x = 12i" }) do
        out[i] = select(2, load(text, "=t")):gsub("^t:1: ", "")
      end
      return out`,
    expect: [
      "'=' expected near 'y'",
      "'=' expected near '+'",
      "'=' expected near '+'",
      "'=' expected near '!'",
      "'=' expected near '<eof>'",
      "undefined label 'nope'",
      "duplicate label 'a'",
      "no loop to break",
      "malformed number near '3x'",
      "malformed number (64 bits: require('ffi').new('int64_t', n)) near '1L'",
      "malformed number (64 bits: require('ffi').new('int64_t', n)) near '0xfU'",
      "malformed number (64 bits: require('ffi').new('int64_t', n)) near '12i'",
    ],
  },
  {
    name: "table.insert, table.concat and unpack pass metamethods over",
    code: `local proxy = setmetatable({ 1, 2 }, { __newindex = function() error("no") end, __index = function() return 9 end, __len = function() return 5 end })
      table.insert(proxy, "x")
      table.insert(proxy, 1, "y")
      local p = newproxy(true)
      local meta = getmetatable(p)
      meta.__index, meta.__len, meta.__newindex = function() return "v" end, function() return 2 end, function() end
      return { table.concat(proxy, ","), (select("#", unpack(proxy))), (pcall(table.concat, proxy, ",", 1, 6)), (pcall(table.concat, p)),
        (pcall(unpack, p)), (pcall(table.insert, p, 1)), (pcall(table.concat)), (pcall(table.concat, "x")) }`,
    expect: ["y,1,2,x", 4, false, false, false, false, false, false],
  },
  {
    name: "table.remove of nothing answers nothing, and an empty text repeats at once",
    code: `local n = select
      return { n("#", table.remove({})), n("#", table.remove({}, 1)), n("#", table.remove({ 1 }, 5)), n("#", table.remove({ 1 })), ("").rep("", 1e15), (""):rep(3, ","), ("ab"):rep(2), (""):rep(-1),
        n("#", setfenv(0, _G)), (pcall(setfenv, 0, {})) }`,
    expect: [0, 0, 0, 1, "", ",,", "abab", "", 0, false],
  },
  {
    name: "tables come in while a hundred coroutines live",
    code: `local kept = {}
      for i = 1, 3000 do
        kept[i] = coroutine.create(function() coroutine.yield(answer().list[3]) end)
        local ok, value = coroutine.resume(kept[i])
        if not ok or value ~= 3 then return { i, value } end
      end
      return "fine"`,
    expect: "fine",
  },
];

export function luaJitVm(lua: LuaEngineModule): LuaVm {
  const answer = { list: [1, 2, 3], text: "some text", nested: { a: { b: [true] } } };
  return lua.createVm({
    preludes: [
      dialectPrelude(),
      { name: "=answer", source: "answer = (...).answer", functions: { answer: () => answer } },
    ],
  });
}

/** The first result as JSON data, or the text of the error. */
export async function evaluateLuaJit(vm: LuaVm, code: string): Promise<unknown> {
  const fn = vm.compile(code, "=case");
  try {
    return await vm.run(fn, [], (results) => JSON.parse(results.json(1)));
  } catch (error) {
    return `error: ${messageOf(error)}`;
  } finally {
    fn.release();
  }
}
