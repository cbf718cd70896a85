// The Lua room in the engines it is for: waiting under the strategy the engine gets (and under the other one where it
// can be forced), every attack, values and the sandbox in short.

import { sleep } from "../../src/base/sleep.ts";
import type { LuaEngineModule, LuaValue } from "../../src/lua/interface.ts";
import { bootLua } from "../../src/lua/wasm/boot.ts";
import { evaluateLuaJit, luaJitSuite, luaJitVm } from "../../src/testing/luajit-suite.ts";
import { sliceSuite } from "../../src/testing/slice-suite.ts";
import {
  deadlineSuite,
  endedBy,
  evaluateWait,
  expectation,
  runInterleaved,
  waitSuite,
  waitVm,
} from "../../src/testing/wait-suite.ts";
import { type Attack, attacks, runAttack } from "../security/attacks.ts";
import { fillMs, Pace } from "../security/pace.ts";
import { Skipped, type SuiteAssets, type SuiteCase } from "./suite.ts";

function is(actual: unknown, expected: unknown, what = ""): void {
  if (actual !== expected) throw new Error(`${what} got ${String(actual)}, expected ${String(expected)}`);
}

export async function cases(assets: SuiteAssets): Promise<readonly SuiteCase[]> {
  const lua = await bootLua({ wasm: assets.lua });
  const other = lua.waiting === "J" ? await bootLua({ wasm: assets.lua, waiting: "Y" }) : undefined;
  const pace = new Pace();
  return [
    {
      name: `boots, metered, strategy ${lua.waiting}`,
      run() {
        is(lua.metered, true);
        is(lua.waiting, "Suspending" in WebAssembly ? "J" : "Y");
      },
    },
    ...luaJit(lua),
    ...slices(lua),
    ...(other ? slices(other) : []),
    ...waiting(lua),
    ...(other ? waiting(other) : []),
    ...values(lua),
    ...attacks.map((attack) => attackCase(lua, attack, assets, pace)),
    stockCase(assets),
  ];
}

function slices(lua: LuaEngineModule): SuiteCase[] {
  return sliceSuite.map((one) => ({
    name: `${lua.waiting}: ${one.name}`,
    run: async () => is(JSON.stringify(await one.run(lua)), JSON.stringify(one.expect)),
  }));
}

function luaJit(lua: LuaEngineModule): SuiteCase[] {
  return luaJitSuite.map((one) => ({
    name: `${lua.waiting}: ${one.name}`,
    run: async () => {
      const answer = async () => JSON.stringify(await evaluateLuaJit(luaJitVm(lua), one.code));
      const expected = JSON.stringify(one.expect);
      let got = await answer();
      // Deep nesting takes code with small frames, which engines compile beside the program, and late on a busy machine.
      for (let tries = 1; one.nests && got !== expected && tries < mostTries; tries++) {
        await sleep(100);
        got = await answer();
      }
      is(got, expected);
    },
  }));
}

function waiting(lua: LuaEngineModule): SuiteCase[] {
  const vm = waitVm(lua);
  return [
    ...waitSuite.map((one) => ({
      name: `${lua.waiting}: ${one.name}`,
      run: async () => is(await evaluateWait(vm, one.code), expectation(one, lua.waiting)),
    })),
    {
      name: `${lua.waiting}: 12 interleaved runs`,
      run: async () => is((await runInterleaved(lua, 12)).wrong.join(" ; "), ""),
    },
    ...deadlineSuite.map(({ name, code }) => ({
      name: `${lua.waiting}: ${name}`,
      run: async () => is(await endedBy(lua, code), "deadline_exceeded"),
    })),
    {
      name: `${lua.waiting}: 2,000 waits in a row`,
      async run() {
        const code = "local n = 0 for i = 1, 2000 do n = n + #soon(i) end return n";
        is(await evaluateWait(vm, code), 2000 * 2 + 9 + 90 * 2 + 900 * 3 + 1001 * 4);
      },
    },
  ];
}

function values(lua: LuaEngineModule): SuiteCase[] {
  const vm = lua.createVm({ preludes: [] });
  const identity = vm.compile("return ...", "=identity");
  const round = (value: LuaValue) => vm.runSync(identity, [value], (r) => r.value(1));
  return [
    {
      name: "scalars there and back",
      run() {
        const scalars = [
          0,
          -0,
          1e300,
          Number.NaN,
          Infinity,
          -Infinity,
          2 ** 53,
          2n ** 63n - 1n,
          "",
          "a\0b",
          "ä€😀",
          true,
        ];
        for (const one of scalars) if (!Object.is(round(one), one)) throw new Error(`${String(one)} came back changed`);
      },
    },
    {
      name: "all 256 bytes there and back",
      run() {
        const all = Uint8Array.from({ length: 256 }, (_, i) => i);
        is(String(round(all)), String(all));
      },
    },
    {
      name: "20,000 records there and back",
      run() {
        const rows = Array.from({ length: 20_000 }, (_, i) => ({ id: i, name: `n${i}`, ok: i % 2 === 0, x: i / 3 }));
        const back = round(rows) as typeof rows;
        const same = (row: (typeof rows)[number], i: number) => row.id === i && row.name === `n${i}` && row.x === i / 3;
        is(back.length === rows.length && back.every(same), true);
      },
    },
    {
      name: "JSON of 1,900 levels",
      run() {
        const code = "local t = {} local inner = t for i = 2, 1900 do inner[1] = {} inner = inner[1] end return t";
        is(vm.runSync(vm.compile(code, "=t"), [], (r) => r.json(1)).length, 3800);
      },
    },
    {
      name: "an uncaught error has a traceback",
      async run() {
        const fn = vm.compile("local function deep() error('x') end deep()", "=t");
        const error = await vm.run(fn, [], () => 0).catch((thrown) => thrown);
        is(error.message, "t:1: x");
        if (!/in (local|upvalue|function) 'deep'/.test(error.details.traceback))
          throw new Error(error.details.traceback);
      },
    },
  ];
}

/** Milliseconds. */
const limits = { deadlineMs: 60, toleranceMs: 10, memoryBytes: 64 * 2 ** 20 };
const deepToleranceMs = 150;
const mostTries = 8;

/**
 * Shared machines are late for reasons of their own: a few tries, each against how slow the thread is just then and how long the memory
 * that the attack came to takes to be handed out, show what the guard does.
 */
function attackCase(lua: LuaEngineModule, attack: Attack, { environment }: SuiteAssets, pace: Pace): SuiteCase {
  return {
    name: `attack: ${attack.name}`,
    async run() {
      const toleranceMs = attack.deep ? deepToleranceMs : limits.toleranceMs;
      let problem: string | undefined;
      for (let tries = 0; tries < mostTries; tries++) {
        // Time stands still in workerd while code runs: there the budget is the limit.
        const by =
          environment === "workerd"
            ? { ...limits, toleranceMs: 5000, instructions: 20_000_000 }
            : tries === 0
              ? { ...limits, toleranceMs }
              : { ...limits, toleranceMs: toleranceMs * pace.slowness(), toleranceOf: fillMs };
        const result = await runAttack(lua, attack, by);
        problem =
          result.problem &&
          `${result.problem}: ${result.ended} after ${Math.round(result.ms)} ms, with ${result.bytes} bytes, tolerated ${Math.round(by.toleranceMs)} ms`;
        if (!problem) return;
      }
      throw new Error(problem);
    },
  };
}

function stockCase({ stock, environment }: SuiteAssets): SuiteCase {
  return {
    name: "wasmoon's stock wasm with the count hook",
    async run() {
      if (environment === "workerd") throw new Skipped("needs modules compiled at run time or passed in");
      const lua = await bootLua({ wasm: stock });
      is(lua.metered, false);
      is(await evaluateWait(waitVm(lua), 'local ok, e = pcall(fail, "late") return e .. wait("a")'), "late<a>");
      const result = await runAttack(
        lua,
        { name: "loop", code: "while true do pcall(function() while true do end end) end" },
        { ...limits, toleranceMs: 500 },
      );
      is(result.problem, undefined);
    },
  };
}
