import { describe, expect, test } from "vitest";
import { testLua } from "../../testing/test-wasm.ts";
import {
  deadlineSuite,
  endedBy,
  evaluateWait,
  expectation,
  runInterleaved,
  waitSuite,
  waitVm,
} from "../../testing/wait-suite.ts";

const lua = await testLua();

describe(`strategy ${lua.waiting}`, () => {
  const vm = waitVm(lua);

  test.each(waitSuite)("$name", async (one) => {
    expect(await evaluateWait(vm, one.code)).toBe(expectation(one, lua.waiting));
  });

  test.each(deadlineSuite)("$name", async ({ code }) => {
    expect(await endedBy(lua, code)).toBe("deadline_exceeded");
  });

  test("12 interleaved runs on one VM give 12 right answers", async () => {
    expect(await runInterleaved(lua, 12)).toEqual({ wrong: [] });
  });
});
