/**
 * Programs that try to outlive their time limit, as data: any engine and any runner can execute them. `expect` says how
 * they end: "stopped" by the guard, "memory" at the memory cap, "harmless" when the sandbox leaves nothing to attack.
 * What each of them tries is told in docs/architecture.md §3.
 * @module
 */
import type { LuaEngineModule, LuaVm, StopReason } from "../../src/lua/interface.ts";
import { LuaRunError } from "../../src/lua/interface.ts";

export interface Attack {
  readonly name: string;
  readonly code: string;
  /** Default: stopped. */
  readonly ends?: "stopped" | "memory" | "harmless";
  /** Leaves a deep stack, which an exception goes through level by level: in Firefox some 0.1 ms each. */
  readonly deep?: true;
}

const forever = "while true do end";

export const attacks: readonly Attack[] = [
  // loops
  { name: "while true", code: forever },
  { name: "repeat until false", code: "repeat until false" },
  { name: "goto", code: "::top:: goto top" },
  { name: "numeric for", code: "for i = 1, math.huge do end" },
  { name: "numeric for, integers", code: "for i = 1, math.maxinteger do end" },
  { name: "nested for", code: "for i = 1, 1e9 do for j = 1, 1e9 do end end" },
  { name: "generic for with an iterator", code: "for _ in function() return 1 end do end" },
  {
    name: "generic for with a C iterator",
    code: "local t = {1} for _ in next, t do t[1] = 1 while true do next(t) end end",
  },
  { name: "tail calls", code: "local function f() return f() end return f()" },
  { name: "recursion through pcall", code: "local function f() while true do pcall(f) end end f()" },
  {
    name: "mutual recursion without an end",
    code: "local g local function f() return g() end g = function() return f() end return f()",
  },
  // swallowing the error
  { name: "pcall swallows", code: `while true do pcall(function() ${forever} end) end` },
  { name: "pcall of pcall", code: "while true do pcall(pcall, pcall, pcall) end" },
  { name: "error objects", code: "while true do pcall(error, {}) end" },
  { name: "error in a loop of pcall and select", code: "while true do select('#', pcall(error, 'x')) end" },
  {
    name: "xpcall with a looping handler",
    code: `while true do xpcall(function() ${forever} end, function() ${forever} end) end`,
  },
  { name: "xpcall handler that raises", code: `while true do xpcall(function() ${forever} end, error) end` },
  {
    name: "xpcall whose handler is xpcall",
    code: `while true do xpcall(function() ${forever} end, function(m) return xpcall(error, function() ${forever} end, m) end) end`,
  },
  {
    name: "__close",
    code: `while true do pcall(function() local x <close> = setmetatable({}, {__close = function() ${forever} end}) ${forever} end) end`,
  },
  {
    name: "many __close",
    code: `local mt = {__close = function() ${forever} end} local function f(n) local x <close> = setmetatable({}, mt) if n > 0 then f(n - 1) end ${forever} end while true do pcall(f, 50) end`,
  },
  {
    name: "__gc",
    code: `setmetatable({}, {__gc = function() ${forever} end}) while true do pcall(function() while true do local t = {} end end) end`,
  },
  { name: "load in a loop", code: `while true do pcall(load("${forever}")) end` },
  { name: "load with an endless reader", code: "while true do load(function() return ' ' end) end" },
  { name: "loading big chunks", code: "local s = ('x = 1 '):rep(1e5) while true do load(s) end" },
  // coroutines
  {
    name: "a loop in a coroutine",
    code: `while true do coroutine.resume(coroutine.create(function() ${forever} end)) end`,
  },
  {
    name: "coroutine.wrap under pcall",
    code: `while true do pcall(coroutine.wrap(function() while true do pcall(function() ${forever} end) end end)) end`,
  },
  {
    name: "ping-pong of two coroutines",
    code: "local a = coroutine.wrap(function() while true do coroutine.yield() end end) while true do a() end",
  },
  { name: "a new coroutine every time", code: "while true do coroutine.wrap(function() coroutine.yield() end)() end" },
  {
    name: "coroutines made before, looping later",
    code: `local list = {} for i = 1, 100 do list[i] = coroutine.create(function() coroutine.yield() while true do pcall(function() ${forever} end) end end) coroutine.resume(list[i]) end while true do for i = 1, 100 do coroutine.resume(list[i]) end end`,
  },
  {
    name: "coroutine.close with __close",
    code: `while true do local co = coroutine.create(function() local x <close> = setmetatable({}, {__close = function() ${forever} end}) coroutine.yield() end) coroutine.resume(co) pcall(coroutine.close, co) end`,
  },
  // metamethods
  {
    name: "__index",
    code: `local t = setmetatable({}, {__index = function() ${forever} end}) while true do pcall(function() return t.x end) end`,
  },
  {
    name: "__index chain",
    code: "local t = {} setmetatable(t, {__index = function(_, k) return t[k + 1] end}) while true do pcall(function() return t[1] end) end",
  },
  {
    name: "__eq",
    code: `local mt = {__eq = function() ${forever} end} local a, b = setmetatable({}, mt), setmetatable({}, mt) while true do pcall(function() return a == b end) end`,
  },
  {
    name: "__lt in sort",
    code: `local mt = {__lt = function() ${forever} end} local t = {} for i = 1, 10 do t[i] = setmetatable({}, mt) end while true do pcall(table.sort, t) end`,
  },
  {
    name: "__concat",
    code: `local t = setmetatable({}, {__concat = function() ${forever} end}) while true do pcall(function() return t .. t end) end`,
  },
  {
    name: "__tostring",
    code: `local t = setmetatable({}, {__tostring = function() ${forever} end}) while true do pcall(tostring, t) end`,
  },
  // after the program is over
  { name: "__tostring of the error", code: `error(setmetatable({}, {__tostring = function() ${forever} end}))` },
  {
    name: "__close while the error leaves",
    code: `local x <close> = setmetatable({}, {__close = function() ${forever} end}) error("x")`,
  },
  {
    name: "__index of the result",
    code: `return setmetatable({1, nil, 3}, {__index = function() ${forever} end})`,
  },
  // C functions
  {
    name: "gsub with a callback",
    code: `while true do pcall(string.gsub, ("x"):rep(1e5), ".", function() ${forever} end) end`,
  },
  { name: "exponential pattern", code: 'return (("a"):rep(40)):find(("a*"):rep(16) .. "b")' },
  {
    name: "exponential pattern under pcall",
    code: 'while true do pcall(string.find, ("a"):rep(40), ("a*"):rep(16) .. "b") end',
  },
  { name: "exponential match", code: 'return (("a"):rep(60)):match((".-"):rep(20) .. "b")' },
  {
    name: "gmatch over a big string",
    code: 'local s = ("x"):rep(1e6) while true do for _ in s:gmatch("x-y") do end end',
  },
  { name: "gsub over a big string", code: 'local s = ("x"):rep(1e6) while true do s:gsub("x-y", "") end' },
  {
    name: "plain find n times m",
    code: 'local s = ("a"):rep(5e5) while true do s:find(("a"):rep(2e5) .. "b", 1, true) end',
  },
  { name: "string.rep of nothing", code: 'while true do (""):rep(1e15) end' },
  { name: "string.rep with a separator", code: 'while true do pcall(string.rep, "x", 1e6, "y") end' },
  { name: "string.format", code: 'while true do string.format("%99.99f", 1e308) end' },
  { name: "string.byte", code: 'local s = ("x"):rep(1e5) while true do pcall(string.byte, s, 1, -1) end' },
  { name: "string.reverse and upper", code: 'local s = ("x"):rep(1e6) while true do s:reverse() s:upper() end' },
  {
    name: "string comparison",
    code: 'local a, b = ("x"):rep(1e6) .. "a", ("x"):rep(1e6) .. "b" while true do local _ = a < b end',
  },
  {
    name: "string.pack",
    code: 'while true do pcall(string.pack, ("!16 i16"):rep(100), 1) string.packsize(("i8"):rep(1000)) end',
  },
  { name: "concatenation", code: 'local s = ("x"):rep(1e6) while true do local _ = s .. s end' },
  { name: "tonumber", code: 'local s = ("1"):rep(1e5) while true do tonumber(s) tonumber(s, 10) end' },
  { name: "table.move", code: "table.move({}, 1, 1e15, 2)" },
  {
    name: "table.insert at the front of a long list",
    code: "local t = {} for i = 1, 1e5 do t[i] = i end while true do table.insert(t, 1, 0) end",
  },
  {
    name: "table.remove over a huge length",
    code: "table.remove(setmetatable({}, {__len = function() return 1 << 60 end}), 1)",
  },
  {
    name: "table.concat of a long list",
    code: 'local t = {} for i = 1, 1e5 do t[i] = "" end while true do table.concat(t) end',
  },
  {
    name: "table.sort with a huge length",
    code: "table.sort(setmetatable({}, {__len = function() return (1 << 30) end, __index = function() return 1 end, __newindex = function() end}))",
  },
  {
    name: "table.sort with a C comparator",
    code: "local t = {} for i = 1, 1e5 do t[i] = i % 7 end while true do pcall(table.sort, t, rawequal) end",
  },
  { name: "table.unpack", code: "while true do pcall(table.unpack, {}, 1, 1e5) end" },
  {
    name: "utf8.codepoint under pcall",
    code: 'local s = ("x"):rep(1e5) while true do pcall(utf8.codepoint, s, 1, -1) end',
  },
  { name: "utf8.len", code: 'local s = ("ä"):rep(1e6) while true do utf8.len(s) end' },
  { name: "utf8.char", code: "while true do utf8.char(table.unpack({1, 2, 3})) end" },
  { name: "collectgarbage", code: "local t = {} for i = 1, 1e5 do t[i] = {} end while true do collectgarbage() end" },
  // one step of the core
  {
    name: "a chain of ephemerons",
    code: "local t, k = setmetatable({}, {__mode = 'k'}), {} local first = k for i = 1, 1e5 do local n = {} t[k] = n k = n end while true do collectgarbage() end",
  },
  {
    name: "ephemerons of ephemerons",
    code: "local first = {} local k = first local all = {} for i = 1, 3e4 do local t = setmetatable({}, {__mode = 'k'}) local n = {} t[k] = n all[i] = t k = n end while true do collectgarbage() end",
  },
  {
    name: "all that memory holds, collected",
    code: "local t = {} for i = 1, 4e5 do t[i] = {} end while true do collectgarbage() end",
  },
  {
    name: "a table that grows and shrinks",
    code: "while true do local t = {} for i = 1, 3e5 do t[i * 3] = i end for k in pairs(t) do t[k] = nil end for i = 1, 3e5 do t[-i] = i end end",
  },
  {
    name: "a traceback of a deep stack",
    code: "local function f(n) if n == 0 then while true do debug.traceback() end end local x = f(n - 1) return x end f(1.5e5)",
    deep: true,
  },
  {
    name: "next over a big table",
    code: "local t = {} for i = 1, 1e5 do t[i] = i end while true do local k repeat k = next(t, k) until not k end",
  },
  {
    name: "select over many values",
    code: "local t = {} for i = 1, 1e4 do t[i] = i end while true do select(-1, table.unpack(t)) end",
  },
  {
    name: "select over varargs without end",
    code: "local t = {} for i = 1, 1e5 do t[i] = i end while true do pcall(function(...) for i = 1, select('#', ...) do local _ = select(i, ...) end end, table.unpack(t)) end",
  },
  {
    name: "varargs passed on and on",
    code: "local function f(...) return f(..., ...) end while true do pcall(f, 1, 2, 3) end",
  },
  {
    name: "comparing strings of zeros",
    code: 'local a, b = ("\\0"):rep(5e6) .. "a", ("\\0"):rep(5e6) .. "b" while true do local _ = a < b end',
  },
  { name: "loading empty comments", code: 'local s = ("--\\n"):rep(2e6) while true do load(s) end' },
  {
    name: "loading one long string",
    code: 'local s = "x = [[" .. ("a\\n"):rep(2e6) .. "]]" while true do load(s) end',
  },
  {
    name: "coroutines nested deep, with a loop at the end",
    code: `local function f(n) return coroutine.wrap(function() if n > 0 then return f(n - 1) end ${forever} end)() end while true do pcall(f, 150) end`,
    deep: true,
  },
  {
    name: "recursion through comparators",
    code: "local t = {} for i = 1, 50 do t[i] = i end local function c(a, b) table.sort({ 3, 2, 1 }, c) return a < b end while true do pcall(table.sort, t, c) end",
    deep: true,
  },
  { name: "os.date", code: 'while true do os.date("%c") end' },
  // turning the guard off
  { name: "debug.sethook", code: `if debug.sethook then debug.sethook() end ${forever}` },
  { name: "debug.sethook through the registry", code: `pcall(function() debug.getregistry() end) ${forever}` },
  // memory
  { name: "string.rep 1e9", code: 'return #("x"):rep(1e9)', ends: "memory" },
  { name: "a growing table", code: "local t = {} for i = 1, 1e9 do t[i] = i end", ends: "memory" },
  { name: "strings kept", code: 'local t = {} while true do t[#t + 1] = ("x"):rep(1e6) .. #t end', ends: "memory" },
  { name: "doubling", code: 'local s = "x" while true do s = s .. s end', ends: "memory" },
];

export interface AttackResult {
  readonly name: string;
  /** What is wrong, or undefined. */
  readonly problem: string | undefined;
  /** Milliseconds from the start to the end. */
  readonly ms: number;
  /** Memory of the VM at the end. */
  readonly bytes: number;
  readonly ended: StopReason | "returned" | "error" | "broken";
}

export interface AttackOptions {
  readonly deadlineMs: number;
  /** Budget units instead of the deadline, where the clock stands still. */
  readonly instructions?: number;
  /** How much later than the deadline is still in time. */
  readonly toleranceMs: number;
  /** Milliseconds more for the memory an attack has at its end: what the machine takes to hand it out. Default none. */
  readonly toleranceOf?: (bytes: number) => number;
  readonly memoryBytes: number;
  /** Milliseconds, for what it took. Default those of the wall. */
  readonly now?: () => number;
}

/** Runs one attack on a VM of its own and judges how it ended. */
export async function runAttack(lua: LuaEngineModule, attack: Attack, options: AttackOptions): Promise<AttackResult> {
  const vm = lua.createVm({ preludes: [], memoryBytes: options.memoryBytes });
  const fn = vm.compile(attack.code, "=attack");
  const { now = () => performance.now() } = options;
  const started = now();
  let ended: AttackResult["ended"];
  try {
    const { instructions, deadlineMs } = options;
    await vm.run(
      fn,
      [],
      (results) => results.json(1),
      instructions === undefined ? { deadline: performance.now() + deadlineMs } : { instructions },
    );
    ended = "returned";
  } catch (error) {
    ended = endingOf(error);
  }
  const ms = now() - started;
  const bytes = vm.memoryBytes;
  const overMs = ms - options.deadlineMs - options.toleranceMs;
  const late = overMs > 0 && overMs > (options.toleranceOf?.(bytes) ?? 0);
  const problem = judge(attack, ended, late, vm);
  vm.close();
  return { name: attack.name, problem, ms, bytes, ended };
}

function endingOf(error: unknown): AttackResult["ended"] {
  if (!(error instanceof LuaRunError)) return "broken";
  if (error.kind !== "stopped") return "error";
  return error.details.reason ?? "broken";
}

function judge(attack: Attack, ended: AttackResult["ended"], late: boolean, vm: LuaVm): string | undefined {
  const wanted = attack.ends ?? "stopped";
  if (late) return "ended too late";
  if (ended === "broken") return "the VM broke down";
  if (wanted === "harmless") return ended === "returned" || ended === "error" ? undefined : `ended as ${ended}`;
  // A memory attack may meet the deadline first on a slow machine.
  const limits = ["deadline_exceeded", "budget_exceeded"];
  const accepted = wanted === "memory" ? ["memory_exceeded", ...limits] : limits;
  if (!accepted.includes(ended)) return `ended as ${ended}`;
  return vm.usable ? "the stopped VM claims to be usable" : undefined;
}
