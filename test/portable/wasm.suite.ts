// The derived module itself, without the Lua room: every engine must take it, its guard must be reached from a cold
// instance, and an error must be caught by Lua there (WebKit's interpreter tier is why this is a test).
import { startRawLua } from "./raw-lua.ts";
import type { SuiteAssets, SuiteCase } from "./suite.ts";

function is(actual: unknown, expected: unknown): void {
  if (actual !== expected) throw new Error(`got ${String(actual)}, expected ${String(expected)}`);
}

export function cases({ lua }: SuiteAssets): readonly SuiteCase[] {
  const idle = () => 0;
  return [
    {
      name: "the first thing a cold instance does is catching an error",
      run() {
        is(startRawLua(lua, idle).run("return pcall(error, 'x')"), "false");
        is(startRawLua(lua, idle).run("error('thrown', 0)"), "error: thrown");
      },
    },
    {
      name: "100,000 caught errors, so that every compiler tier sees them",
      run() {
        is(
          startRawLua(lua, idle).run(
            "local n = 0 for i = 1, 1e5 do if not pcall(error) then n = n + 1 end end return n",
          ),
          "100000",
        );
      },
    },
    {
      name: "number text is LuaJIT's",
      run() {
        const { run } = startRawLua(lua, idle);
        is(run("return 10/2 .. '|' .. 3.25 .. '|' .. -0.0 .. '|' .. 2^53"), "5|3.25|-0|9.007199254741e+15");
      },
    },
    {
      name: "the budget counts loops and calls, and tells where it ran out",
      run() {
        const places: number[] = [];
        // The collector and tables that grow; it may be asked there whatever runs.
        const core = 5;
        const machine = startRawLua(lua, (_state, where) => {
          places.push(where);
          machine.budget.value = 1000;
          return 0;
        });
        const asks = (source: string): string => {
          places.length = 0;
          machine.budget.value = 1000;
          machine.run(source);
          return [...new Set(places)].filter((place) => place !== core).join();
        };
        is(asks("for i = 1, 5000 do end"), "0");
        is(asks("local function f(n) if n > 0 then return f(n - 1) end end f(5000)"), "0");
        is(asks("string.rep('x', 5000):byte(1, 100)"), "2");
        is(asks("string.find(string.rep('a', 3000), '.-b')"), "2,3");
        is(asks("load(string.rep('x = 1 ', 20000))"), "2");
        machine.run("kept = {} for i = 1, 2000 do kept[i] = {} end");
        asks("collectgarbage()");
        is(places.includes(core), true);
        // Compiling is charged too, so only a larger budget shows that straight code never asks.
        machine.budget.value = 1e6;
        places.length = 0;
        machine.run("local a = 1; return a + 1");
        is(places.length, 0);
      },
    },
  ];
}
