/**
 * Labels, remainders, numerals and messages as LuaJIT has them.
 * @module
 */
import type { LuaJitCase } from "./case.ts";

export const luaJitLanguageCases: readonly LuaJitCase[] = [
  {
    name: "an inner block may have the label of an outer one, and goto means the innermost",
    code: `local out = {}
      for i = 1, 2 do
        ::again::
        for j = 1, 2 do
          local tries = 0
          ::again::
          tries = tries + 1
          if tries < 3 then goto again end
          out[#out + 1] = tries
          if j == 2 then goto continue end
          ::continue::
        end
        ::continue::
      end
      local _, twice = load("::a:: ::a::", "=t")
      local _, missing = load("do ::a:: end goto a", "=t")
      return { out, twice, missing }`,
    expect: [[3, 3, 3, 3], "t:1: duplicate label 'a'", "t:1: undefined label 'a'"],
  },
  {
    name: "the remainder beyond 2^53 is that of doubles: a - floor(a / b) * b",
    code: `local x = 1
      for i = 1, 64 do x = x * 2 end
      local h = 7
      for i = 1, 50 do h = (h * 1103515245 + i) % 2147483647 end
      local negative = -7.5
      return { 99999999 * 99999999 % 1000000007, x % 1000, h, 2^60 % 7, -(2^60) % 7, 7.5 % -2, negative % 2, 5.5 % 2,
        5 % math.huge ~= 5 % math.huge, 5.5 % 0 ~= 5.5 % 0, -6.0 % 2 == 0, x % 4294967296 }`,
    expect: [730000008, 0, 1591938432, 0, 0, -0.5, 0.5, 1.5, true, true, true, 0],
  },
  {
    name: "digits in a base count beyond 2^53 as doubles, and end at 2^64",
    code: `return { tonumber("ffffffffffffffff", 16), tonumber("7fffffffffffffff", 16), tonumber("ffffffffffffffffff", 16),
        tonumber("-ffffffffffffffff", 16), tonumber("zzzzzzzzzzzz", 36), tonumber("20000000000000", 16),
        tonumber("1fffffffffffff", 16), tonumber("ff", 16), tonumber("-11", 2) }`,
    expect: [
      1.8446744073709552e19, 9.223372036854776e18, 1.8446744073709552e19, -1.8446744073709552e19, 4.738381338321617e18,
      9007199254740992, 9007199254740991, 255, -3,
    ],
  },
  {
    name: "tonumber passes over 0x in base 16 alone, behind blanks and sign, and base 10 is none",
    code: `local out = {}
      for i, given in ipairs({ { "-0x10", 16 }, { "0X1f", 16 }, { " +0x10 ", 16 }, { "0x", 16 }, { "0x1.8", 16 }, { "0x-1", 16 },
        { "1e1", 16 }, { "0b1", 16 }, { 1.5, 16 }, { "-0", 16 }, { "0x10", 36 }, { "0b1", 2 }, { "0x10", 10 }, { "-0x10", 10 },
        { "1.5", 10 }, { 10, 16 } }) do
        out[i] = tostring(tonumber(given[1], given[2]))
      end
      return table.concat(out, " ")`,
    expect: "-16 31 16 nil nil nil 481 177 nil 0 42804 nil 16 -16 1.5 16",
  },
  {
    name: "a loop that begins or ends at NaN runs no time",
    code: `local nan = 0 / 0
      local function count(from, to, step)
        local n = 0
        for _ = from, to, step do n = n + 1 if n > 3 then break end end
        return n
      end
      return { count(1, nan, 1), count(1, nan, -1), count(1.5, nan, 1), count(1.5, nan, -1), count(nan, 3, 1), count(nan, 3, -1),
        count(1, 2, nan), count(2, 1, nan), count(1, math.huge, 1), count(1, -math.huge, -1), count(1, -math.huge, 1),
        count(1.5, 3.5, 1), count(3.5, 1.5, -1), count(1.5, 1.5, 1), count(1.5, 1, 1), count(3, 1, -1) }`,
    expect: [0, 0, 0, 0, 0, 0, 0, 1, 4, 4, 0, 3, 3, 1, 0, 3],
  },
  {
    name: "a number as the message of assert is a text with its place",
    code: `local _, direct = pcall(assert, false, 42)
      local _, placed = pcall(function() assert(nil, 42) end)
      local _, text = pcall(assert, false, "x")
      local _, other = pcall(assert, nil, { 1 })
      return { type(direct), direct, (placed:gsub("^.-:", "")), text, other[1] }`,
    expect: ["string", "42", "2: 42", "x", 1],
  },
  {
    name: "a pattern whose fault shows late is told at the line of the program",
    code: `local told = {}
      local function tell(run) local _, e = pcall(run) told[#told + 1] = e:match(":(%d+: .*)") end
      tell(function() local _ = ("abc"):gsub("%a%", function() end) end)
      tell(function() local _ = ("abc"):gsub("(a", function() end) end)
      tell(function() local _ = ("abc"):gsub("b[", setmetatable({}, { __index = function() end })) end)
      return told`,
    expect: ["3: malformed pattern (ends with '%')", "4: unfinished capture", "5: malformed pattern (missing ']')"],
  },
  {
    name: "tostring answers what __tostring does",
    code: `local function as(answer) return tostring(setmetatable({}, { __tostring = function() return answer end })) end
      local _, refused = pcall(tostring, setmetatable({}, { __tostring = 42 }))
      local inner = {}
      return { as(42), as(inner) == inner, as(nil) == nil, as("text"), refused, select("#", as(nil)) }`,
    expect: [42, true, true, "text", "attempt to call a number value", 1],
  },
  {
    name: "what follows a call begins no statement",
    code: `local out = {}
      for i, text in ipairs({ "f() = 1", "f(), b = 1, 2", "(f) = 1", "f().x = 1 return" }) do out[i] = select(2, load(text, "=t")) or "fine" end
      return out`,
    expect: [
      "t:1: unexpected symbol near '='",
      "t:1: unexpected symbol near ','",
      "t:1: syntax error near '='",
      "fine",
    ],
  },
  {
    name: "errors of a load's reader and of a metamethod name no chunk of the host",
    code: `local _, reader = load(function() return {} end)
      return { reader }`,
    expect: ["reader function must return a string"],
  },
  {
    name: "levels of a coroutine that stands still count library functions as one frame",
    code: `local co = coroutine.create(function(given)
        local own = given
        coroutine.yield(own)
      end)
      coroutine.resume(co, 7)
      local name, value = debug.getlocal(co, 1, 1)
      local line = debug.getinfo(co, 1, "l").currentline
      local below = debug.getinfo(co, 2)
      debug.setlocal(co, 1, 2, 9)
      local _, own = debug.getlocal(co, 1, 2)
      return { name, value, line, below == nil, own, debug.getinfo(co, 0, "S").what,
        (debug.traceback(coroutine.running(), "own"):match("^own\\nstack traceback:\\n")) ~= nil }`,
    expect: ["given", 7, 3, true, 9, "C", true],
  },
];
