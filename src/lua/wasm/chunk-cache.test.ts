import { describe, expect, it } from "vitest";
import { evaluate, testLua } from "../../testing/test-wasm.ts";
import type { LuaVm, Prelude } from "../interface.ts";

const lua = await testLua();
// With the second VM the cache is fetched; what began without it stays without it.
for (let i = 0; i < 2; i++) lua.createVm({ preludes: [] }).close();
await import("../images.ts");

function furnished(...preludes: Prelude[]): LuaVm {
  const vm = lua.createVm({ preludes: [] });
  for (const prelude of preludes) vm.install(prelude);
  return vm;
}

const prelude = (answer: number): Prelude => ({
  name: "=cached",
  source: `local host = ...
local function inner() return ${answer}, 10 / 2 .. "", ("x\\0y"):rep(2), 0x7fffffffffffffff end
function answer() return inner() end
function fails()
  host.refuse()
end`,
  functions: {
    refuse: () => {
      throw new Error("refused");
    },
  },
});

/** What user code can see of a prelude: results, error positions, and that its functions stay closed. */
const probe = `local ok, text = pcall(fails)
local n, number, bytes, big = answer()
return table.concat({ tostring(ok), tostring(text), n, number, #bytes, big,
  tostring(debug.getupvalue(answer, 1)), (debug.traceback("t"):gsub("%s+", " ")) }, "|")`;

describe("preludes compiled before", () => {
  it("behave as compiled from text, from the first VM to the fourth", async () => {
    const seen: unknown[] = [];
    for (let i = 0; i < 4; i++) {
      const vm = furnished(prelude(1));
      seen.push(await evaluate(vm, probe));
      vm.close();
    }
    expect(String(seen[0])).toContain("false|");
    expect(new Set(seen.map((each) => JSON.stringify(each))).size).toBe(1);
  });

  it("are not taken for another text of the same name", async () => {
    for (const answer of [2, 2, 3, 2]) {
      const vm = furnished(prelude(answer));
      expect(JSON.stringify(await evaluate(vm, "return (answer())"))).toContain(String(answer));
      vm.close();
    }
  });

  it("leave string.dump and bytecode out of reach", async () => {
    const vm = furnished(prelude(1));
    expect(JSON.stringify(await evaluate(vm, "return tostring(string.dump)"))).toContain("nil");
    vm.close();
  });
});
