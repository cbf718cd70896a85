/**
 * What the test suites of Lua libraries look at with `debug`, and what else they found.
 * @module
 */
import type { LuaJitCase } from "./case.ts";

export const luaJitDebugCases: readonly LuaJitCase[] = [
  {
    name: "the members of debug that libraries call",
    code: `local names = {}
      for _, name in ipairs({ "getmetatable", "setmetatable", "getlocal", "setlocal", "gethook", "sethook", "getfenv", "setfenv", "setupvalue", "getregistry", "upvalueid", "upvaluejoin" }) do
        if type(debug[name]) ~= "function" then names[#names + 1] = name end
      end
      local function f(first, second) local third = 3 local name, value = debug.getlocal(1, 3) return name, value end
      local up = 1
      local function g() return up end
      debug.setupvalue(g, 1, 5)
      debug.sethook(function() end, "l") debug.sethook()
      local name, value = f(1, 2)
      local object = setmetatable({}, { __metatable = "closed" })
      return { names, name, value, (debug.getlocal(f, 2)), g(), debug.gethook() == nil, debug.getmetatable(object).__metatable, (pcall(debug.setmetatable, object, nil)),
        (pcall(debug.setmetatable, "", { __index = {} })), debug.upvalueid(g, 1) == debug.upvalueid(g, 1), debug.getfenv(f) == _G, (debug.getlocal(print, 1)) }`,
    expect: [[], "third", 3, "second", 5, true, "closed", false, false, true, true],
  },
  {
    name: "a library function is one frame of C, for levels and in tracebacks, whatever it is made of",
    code: `local function fail() local here = 1 error("m") end
      local name, same, text
      xpcall(fail, function()
        name, same, text = debug.getlocal(3, 1), debug.getinfo(3, "f").func == fail, debug.traceback("t")
      end)
      local function place(level) error("m", level) end
      local _, caller = pcall(function() xpcall(place, error, 3) end)
      local function outer() local ok, m = xpcall(place, function(m) return m end, 3) return m end
      local names = {}
      local meta = setmetatable({}, { __index = function() names[1] = debug.getinfo(1, "n").name end, __add = function() names[2] = debug.getinfo(1, "n").name end })
      local _ = meta.x, meta + 1
      local lines = {}
      for line in text:gmatch("\\n\\t([^\\n]*)") do lines[#lines + 1] = line:gsub("%S+:%d+", "x") end
      local info = debug.getinfo(require)
      return { name, same, lines[2], lines[4], text:match("^[^\\n]*\\n[^\\n]*"), outer():match(":(%d+): m$"), names, info.what, info.short_src,
        (pcall(getfenv, 200)), debug.traceback({ 1 })[1], debug.getinfo(200) == nil }`,
    expect: [
      "here",
      true,
      "[C]: in function 'error'",
      "[C]: in function 'xpcall'",
      "t\nstack traceback:",
      "8",
      ["__index", "__add"],
      "C",
      "[C]",
      false,
      1,
      true,
    ],
  },
  {
    name: "metatables through debug, and the collector's answers",
    code: `local own = { __metatable = "closed" }
      local object = setmetatable({}, own)
      local answers = {}
      for i, option in ipairs({ "setpause", "setpause", "setstepmul", "isrunning", "stop", "isrunning", "restart", "isrunning" }) do
        answers[i] = collectgarbage(option, 90 + i)
      end
      return { debug.getmetatable(object) == own, getmetatable(object), debug.setmetatable("", nil), debug.setmetatable("", getmetatable("")), ("x"):upper(),
        (pcall(debug.setmetatable, "", {})), answers, select(2, pcall(collectgarbage, "x")), debug.getfenv(coroutine.create(print)) == _G }`,
    expect: [
      true,
      "closed",
      "",
      "",
      "X",
      false,
      [200, 91, 200, true, 0, false, 0, true],
      "bad argument #1 to 'collectgarbage' (invalid option 'x')",
      true,
    ],
  },
  {
    name: "numbers beyond 64 bits in formats, no pointer, and what is no statement",
    code: `return { ("%d %x %i"):format(1e20, 2^63, -1e20), ("%d"):format(1/0), ("%d"):format(math.maxinteger), ("%p"):format(nil), ("%5p"):format(1),
        select(2, load("(a)")):match("[^:]*$"), select(2, load("local a (a.b)")):match("[^:]*$"), select(2, load("a.b")):match("[^:]*$") }`,
    expect: [
      "-9223372036854775808 8000000000000000 -9223372036854775808",
      "-9223372036854775808",
      "9223372036854775807",
      "NULL",
      " NULL",
      " syntax error near '<eof>'",
      " syntax error near '<eof>'",
      " '=' expected near '<eof>'",
    ],
  },
];
