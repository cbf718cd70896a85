/**
 * What waiting must do, under both strategies: data for test runners of every engine. No test framework in here.
 * @module
 */
import { messageOf } from "../base/message-of.ts";
import type { WaitingStrategy } from "../contract/contract.ts";
import { CANNOT_WAIT, type HostFunctions, type LuaEngineModule, type LuaValue, type LuaVm } from "../lua/interface.ts";

export interface WaitCase {
  readonly name: string;
  readonly code: string;
  /** What the code returns; a value per strategy where they differ on purpose. */
  readonly expect: LuaValue | { readonly J: LuaValue; readonly Y: LuaValue };
}

/** Text of the failure where strategy Y cannot wait. */
const CANNOT = "attempt to yield across a C-call boundary";

/** Runs code that returns `true` or the message of a failed pcall, shortened to the part that is a contract. */
const either = (name: string, code: string, works: LuaValue): WaitCase => ({
  name,
  code: `local function try() ${code} end
    local ok, result = pcall(try)
    if ok then return result end
    return (tostring(result):match("attempt to yield across a C%-call boundary") or tostring(result))`,
  expect: { J: works, Y: CANNOT },
});

/** `wait(text)` answers `<text>` later, `soon(text)` in a microtask; `fail(text)` raises it later; `now(text)` may wait but does not. */
const waitFunctions: HostFunctions = {
  wait: {
    waits: async (args) => {
      const text = args.inline(1);
      await new Promise((resolve) => setTimeout(resolve, 0));
      return `<${text}>`;
    },
  },
  fail: {
    waits: async (args) => {
      const text = args.text(1) ?? "";
      await Promise.resolve();
      throw new Error(text);
    },
  },
  soon: {
    waits: async (args) => {
      const text = args.inline(1);
      await Promise.resolve();
      return `<${text}>`;
    },
  },
  now: { waits: (args) => `[${args.text(1)}]` },
  never: { waits: () => new Promise<never>(() => {}) },
  /** Works until a limit passes, before it has anything to wait for. */
  busy: {
    waits: async (_args, context) => {
      for (;;) context.charge(20_000);
    },
  },
  /** Its answer is there before any timer can tell that the time is up. */
  late: {
    waits: async () => {
      await Promise.resolve();
      const until = performance.now() + 40;
      while (performance.now() < until);
      return "late";
    },
  },
};

const waitCases: readonly WaitCase[] = [
  { name: "plain", code: 'return wait("a")', expect: "<a>" },
  { name: "several in a row", code: 'return wait("a") .. wait("b") .. wait("c")', expect: "<a><b><c>" },
  { name: "may wait but does not", code: 'return now("a") .. wait(now("b"))', expect: "[a]<[b]>" },
  { name: "nothing returned", code: 'return select("#", wait("a"))', expect: 1 },
  {
    name: "an error after the wait",
    code: 'local ok, e = pcall(fail, "late") return tostring(ok) .. e',
    expect: "falselate",
  },
  { name: "pcall", code: 'local ok, v = pcall(function() return wait("p") end) return v', expect: "<p>" },
  { name: "pcall of the host function itself", code: 'local ok, v = pcall(wait, "p") return v', expect: "<p>" },
  {
    name: "an error thrown past a finished wait",
    code: 'local ok, e = pcall(function() wait("x") error("E", 0) end) return e',
    expect: "E",
  },
  {
    name: "xpcall with arguments",
    code: 'local ok, v = xpcall(function(a, b) return a .. wait(b) end, print, "1", "2") return v',
    expect: "1<2>",
  },
  {
    name: "table.sort",
    code: 'local t = {3, 1, 2, 5, 4} table.sort(t, function(a, b) wait("s") return a < b end) return table.concat(t, ",")',
    expect: "1,2,3,4,5",
  },
  { name: "string.gsub", code: 'return (("abc"):gsub(".", function(c) return wait(c) end))', expect: "<a><b><c>" },
  {
    name: "tostring with __tostring",
    code: 'return tostring(setmetatable({}, {__tostring = function() return wait("t") end}))',
    expect: "<t>",
  },
  { name: "require", code: 'package.preload.m = function() return wait("m") end return require("m")', expect: "<m>" },
  {
    name: "__index",
    code: "return setmetatable({}, {__index = function(_, k) return wait(k) end}).foo",
    expect: "<foo>",
  },
  {
    name: "__newindex",
    code: 'local got local t = setmetatable({}, {__newindex = function(_, k, v) got = wait(k .. v) end}) t.a = "b" return got',
    expect: "<ab>",
  },
  { name: "__call", code: 'return setmetatable({}, {__call = function(_, a) return wait(a) end})("c")', expect: "<c>" },
  {
    name: "__add, __concat, __eq, __lt, __le, __len, __unm",
    code: `
    local mt = {} local function make() return setmetatable({}, mt) end
    for _, event in ipairs{"add", "concat", "len", "unm"} do mt["__" .. event] = function() return wait(event) end end
    for _, event in ipairs{"eq", "lt", "le"} do mt["__" .. event] = function() return wait(event) == "<" .. event .. ">" end end
    local a, b = make(), make()
    return table.concat({a + b, a .. b, #a, -a, tostring(a == b), tostring(a < b), tostring(a <= b)}, " ")`,
    expect: "<add> <concat> <len> <unm> true true true",
  },
  {
    name: "__close",
    code: 'local log = {} do local x <close> = setmetatable({}, {__close = function() log[1] = wait("close") end}) end return log[1]',
    expect: "<close>",
  },
  {
    name: "__pairs and an iterator",
    code: `
    local out = {} local t = setmetatable({}, {__pairs = function() wait("p") return function(_, k) k = (k or 0) + 1 if k < 3 then return k, wait(k) end end end})
    for k, v in pairs(t) do out[#out + 1] = v end return table.concat(out)`,
    expect: "<1><2>",
  },
  {
    name: "a user coroutine",
    code: `
    local co = coroutine.wrap(function() local a = wait("1") coroutine.yield(a) return wait("2") end)
    return co() .. co()`,
    expect: "<1><2>",
  },
  {
    name: "coroutine.resume answers as always",
    code: `
    local co = coroutine.create(function(a) local b = coroutine.yield(wait(a)) error(wait(b), 0) end)
    local out = {coroutine.resume(co, "1")} local more = {coroutine.resume(co, "2")}
    return table.concat({tostring(out[1]), out[2], tostring(more[1]), more[2], coroutine.status(co)}, " ")`,
    expect: "true <1> false <2> dead",
  },
  {
    name: "nested coroutines",
    code: 'local function f(n) if n == 0 then return wait("d") end return coroutine.wrap(f)(n - 1) end return f(20)',
    expect: "<d>",
  },
  { name: "a coroutine whose body is the host function", code: 'return coroutine.wrap(wait)("h")', expect: "<h>" },
  {
    name: "an error through wrap",
    code: 'local ok, e = pcall(coroutine.wrap(function() fail("w") end)) return e',
    expect: "w",
  },
  {
    name: "an error through wrap has the place of the call",
    code: 'local f = coroutine.wrap(function() error("w", 0) end)\nlocal ok, e = pcall(function()\nlocal r = f() return r end) return e:gsub("^%S-:3: ", "3 ")',
    expect: "3 w",
  },
  {
    name: "deep pcall",
    code: 'local function f(n) if n == 0 then return wait("d") end local ok, v = pcall(f, n - 1) return v end return f(150)',
    expect: "<d>",
  },
  {
    name: "the main coroutine looks like one",
    code: `
    local co, main = coroutine.running()
    local ok, e = pcall(coroutine.yield, 1)
    return table.concat({type(co), tostring(main), tostring(coroutine.isyieldable()), tostring(ok), e}, " ")`,
    expect: "thread true false false attempt to yield from outside a coroutine",
  },
  {
    name: "a yield in a coroutine is not a wait",
    code: `
    local co = coroutine.wrap(function() coroutine.yield(nil) coroutine.yield() return "end" end)
    return tostring(co()) .. select("#", co()) .. co()`,
    expect: "nil0end",
  },
  either(
    "__tostring in string.format",
    'return string.format("%s", setmetatable({}, {__tostring = function() return wait("f") end}))',
    "<f>",
  ),
  either(
    "table.move over __index",
    "return table.concat(table.move(setmetatable({}, {__index = function(_, i) return wait(i) end}), 1, 2, 1, {}))",
    "<1><2>",
  ),
  either(
    "table.move over __newindex",
    'local seen table.move({ "u" }, 1, 1, 1, setmetatable({}, {__newindex = function(_, _, v) seen = wait(v) end})) return seen',
    "<u>",
  ),
  either(
    "a reader function of load",
    'local n = 0 local f, e = load(function() n = n + 1 if n == 1 then return "return " .. #wait("l") end end) if not f then error(e, 0) end return f()',
    3,
  ),
];

/** Cases whose run fails: the text of the error. */
const failing: readonly WaitCase[] = [
  {
    name: "an error value whose __tostring waits",
    code: 'error(setmetatable({}, {__tostring = function() return wait("t") end}))',
    expect: `error: ${CANNOT_WAIT}`,
  },
  { name: "an error after a wait leaves the run", code: 'wait("a") error("left", 0)', expect: "error: left" },
  { name: "a failed wait leaves the run", code: 'fail("from the host")', expect: "error: from the host" },
];

export const waitSuite: readonly WaitCase[] = [...waitCases, ...failing];

export function expectation(one: WaitCase, strategy: WaitingStrategy): LuaValue {
  const { expect } = one;
  return typeof expect === "object" && expect !== null && "J" in expect ? expect[strategy] : (expect as LuaValue);
}

export function waitVm(lua: LuaEngineModule): LuaVm {
  return lua.createVm({
    preludes: [
      { name: "=wait-suite", source: "for name, f in next, (...) do _G[name] = f end", functions: waitFunctions },
    ],
  });
}

/** The first result, or `error: <text>`. */
export async function evaluateWait(vm: LuaVm, code: string): Promise<LuaValue> {
  const fn = vm.compile(code, "=case");
  try {
    return await vm.run(fn, [], (results) => results.value(1));
  } catch (error) {
    return `error: ${messageOf(error)}`;
  } finally {
    fn.release();
  }
}

/** Runs that take turns on one VM: every one has its own thread and C stack, so none sees another's. */
export async function runInterleaved(lua: LuaEngineModule, count: number): Promise<{ wrong: string[] }> {
  const open: (() => void)[] = [];
  const vm = lua.createVm({
    preludes: [
      {
        name: "=interleaved",
        source: "host = (...).host",
        functions: {
          host: {
            waits: async (args) => {
              const text = args.text(1);
              await new Promise<void>((resolve) => open.push(resolve));
              return text;
            },
          },
        },
      },
    ],
  });
  const code = (i: number) => `
    local t = {} for k = 1, 40 do t[k] = (k * 7 + ${i}) % 41 end
    table.sort(t, function(a, b)
      if a % 5 == 0 then local r = host("h${i}_" .. a) assert(r == "h${i}_" .. a) end
      return a < b
    end)
    for k = 2, 40 do assert(t[k - 1] <= t[k]) end
    return (("a,b,c,d"):gsub("%a", function(c) return host(c .. ${i}) end))`;
  let finished = false;
  const all = Promise.all(Array.from({ length: count }, (_, i) => evaluateWait(vm, code(i)))).then((answers) => {
    finished = true;
    return answers;
  });
  // A fixed shuffle: runs are woken in another order than they went to sleep.
  let seed = 7;
  for (let turn = 0; !finished && turn < 100_000; turn++) {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    const [wake] = open.splice(seed % Math.max(1, open.length), 1);
    wake?.();
    if (turn % 3 === 0) await new Promise((resolve) => setTimeout(resolve, 0));
    else await Promise.resolve();
  }
  if (!finished) return { wrong: ["the runs never ended"] };
  const answers = await all;
  const wrong = answers.flatMap((answer, i) =>
    answer === `a${i},b${i},c${i},d${i}` ? [] : [`${i}: ${String(answer)}`],
  );
  return { wrong };
}

/** Programs that a deadline ends at a moment of a wait. */
export const deadlineSuite = [
  { name: "the deadline while waiting", code: "never()" },
  { name: "the deadline while a wait is prepared", code: "busy()" },
  { name: "the deadline while waits are prepared, under pcall", code: "while true do pcall(busy) end" },
  { name: "the deadline as the answer comes, and nothing more to do", code: "return late()" },
] as const;

/** Why `code` ended, under a deadline of 20 ms. */
export async function endedBy(lua: LuaEngineModule, code: string): Promise<unknown> {
  const vm = waitVm(lua);
  const run = vm.run(vm.compile(code, "=t"), [], () => "returned", { deadline: performance.now() + 20 });
  return run.catch((error) => error.details.reason);
}
