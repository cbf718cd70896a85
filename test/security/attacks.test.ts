import { describe, expect, test } from "vitest";
import { bootLua } from "../../src/lua/wasm/boot.ts";
import { luaWasmPath } from "../../src/testing/test-wasm.ts";
import { attacks, runAttack } from "./attacks.ts";
import { processorTimeOfThread } from "./table/processor-time.ts";

const lua = await bootLua({ wasm: luaWasmPath });

// The benchmark asserts the 10 ms. Here: not much later than the limit.
const options = { deadlineMs: 100, toleranceMs: 400, memoryBytes: 64 * 2 ** 20, now: processorTimeOfThread() };

describe("attacks end at their limit", () => {
  test.each(attacks)("$name", async (attack) => {
    const result = await runAttack(lua, attack, options);
    expect(result.problem, `${result.ended} after ${result.ms.toFixed(0)} ms`).toBeUndefined();
  });
});
