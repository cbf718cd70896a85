/**
 * Runs that compute beside each other on one thread: data for test runners of every engine. No test framework in here.
 * @module
 */
import { nextTurn } from "../base/turn.ts";
import { type LuaEngineModule, LuaRunError, type LuaValue, type RunOptions } from "../lua/interface.ts";

export interface SliceCase {
  readonly name: string;
  run(lua: LuaEngineModule): Promise<unknown>;
  readonly expect: unknown;
}

const slices = { sliceMs: 2 } satisfies RunOptions;

/** Every construct a run may be in when its slice is over; each goes on where it was. */
const programs: Readonly<Record<string, string>> = {
  loop: "local n = 0 for i = 1, 3e6 do n = n + i % 3 end return n",
  calls: "local function fib(n) if n < 2 then return n end return fib(n - 1) + fib(n - 2) end return fib(25)",
  pcall: "local n = 0 for i = 1, 2e5 do local ok, v = pcall(function() return i % 3 end) n = n + v end return n",
  coroutines: `local function count(n) for i = 1, n do coroutine.yield(i) end end
    local total = 0
    for v in coroutine.wrap(function() count(4e4) end) do total = total + v % 7 end
    return total`,
  yieldsNothing: `local turns, co = 0, coroutine.create(function() for i = 1, 4e4 do coroutine.yield() end end)
    while coroutine.resume(co) and coroutine.status(co) ~= "dead" do turns = turns + 1 end
    return turns`,
  nested: `local function inner(n) local s = 0 for i = 1, 3e4 do s = s + i % 5 end if n > 0 then return s + coroutine.wrap(inner)(n - 1) end return s end
    return (inner(20))`,
  nestedDeep: `local function inner(n)
      return coroutine.wrap(function()
        if n > 0 then local v = inner(n - 1) return v end
        local s = 0 for i = 1, 1e5 do s = s + i % 5 end return s
      end)()
    end
    return inner(150) + inner(150)`,
  sort: `local t = {} for i = 1, 6e4 do t[i] = (i * 7919) % 60013 end
    table.sort(t, function(a, b) return a > b end)
    return t[1] * 1e6 + t[6e4]`,
  metamethods: `local mt = {} mt.__index = function(t, k) local s = 0 for i = 1, 300 do s = s + i % 2 end return s end
    local t, n = setmetatable({}, mt), 0
    for i = 1, 3000 do n = n + t[i] end
    return n`,
  strings: `local s, n = ("abc "):rep(20000), 0
    for i = 1, 12 do n = n + select(2, s:gsub("%a+", "%0")) end
    return n`,
};

export const sliceSuite: readonly SliceCase[] = [
  {
    name: "a sliced run answers what a run in one piece answers",
    async run(lua) {
      const wrong: string[] = [];
      for (const [name, code] of Object.entries(programs)) {
        const whole = await value(lua, code, { deadline: performance.now() + 60_000 });
        const sliced = await value(lua, code, { ...slices, sliceMs: 0.5 });
        if (whole !== sliced) wrong.push(`${name}: ${String(whole)}, in slices ${String(sliced)}`);
      }
      return wrong;
    },
    expect: [],
  },
  {
    name: "runs of several VMs go on in turn, also beside each other on one VM",
    async run(lua) {
      const whole = await value(lua, programs.loop ?? "", { deadline: performance.now() + 60_000 });
      const one = lua.createVm({ preludes: [] });
      const fn = one.compile(programs.loop ?? "", "=one");
      const both = await Promise.all([
        one.run(fn, [], (r) => r.value(1), slices),
        one.run(fn, [], (r) => r.value(1), slices),
        value(lua, programs.loop ?? "", slices),
      ]);
      return both.every((answer) => answer === whole);
    },
    expect: true,
  },
  {
    name: "the event loop turns while a run computes",
    async run(lua) {
      let turns = 0;
      let over = false;
      const counting = (async () => {
        while (!over) {
          await nextTurn();
          turns++;
        }
      })();
      await value(lua, programs.loop ?? "", { ...slices, sliceMs: 1 });
      over = true;
      await counting;
      return turns > 3;
    },
    expect: true,
  },
  {
    name: "an abort and a deadline stop a loop, and running time is counted",
    async run(lua) {
      const forever = "while true do pcall(function() for i = 1, 100 do end end) end";
      const abort = new AbortController();
      const aborted = ending(lua, forever, { ...slices, signal: abort.signal });
      const late = ending(lua, forever, { ...slices, deadline: performance.now() + 40 });
      const ran = ending(lua, forever, { ...slices, runMs: 30, runMessage: "ran for too long" });
      const answers = [await late, await ran];
      abort.abort();
      return [await aborted, ...answers];
    },
    expect: [
      "aborted execution aborted",
      "deadline_exceeded execution time limit exceeded",
      "deadline_exceeded ran for too long",
    ],
  },
  {
    name: "waits are no running time",
    async run(lua) {
      const vm = lua.createVm({
        preludes: [
          {
            name: "=nap",
            source: "nap = (...).nap",
            functions: { nap: { waits: () => new Promise<null>((resolve) => setTimeout(resolve, 150, null)) } },
          },
        ],
      });
      const fn = vm.compile("nap() return 1", "=t");
      const answer = await vm.run(fn, [], (r) => r.value(1), { runMs: 100, sliceMs: 8 });
      // What it ran for may be long where others have the processors.
      return [answer, vm.usage.ms - vm.usage.runMs >= 140];
    },
    expect: [1, true],
  },
];

async function value(lua: LuaEngineModule, code: string, options: RunOptions): Promise<LuaValue> {
  const vm = lua.createVm({ preludes: [] });
  return vm.run(vm.compile(code, "=slice"), [], (results) => results.value(1), options);
}

async function ending(lua: LuaEngineModule, code: string, options: RunOptions): Promise<string> {
  try {
    return `returned ${String(await value(lua, code, options))}`;
  } catch (error) {
    if (error instanceof LuaRunError) return `${error.details.reason} ${error.message}`;
    throw error;
  }
}
