import { expect, test } from "vitest";
import { evaluateLuaJit, luaJitSuite, luaJitVm } from "../../testing/luajit-suite.ts";
import { testLua } from "../../testing/test-wasm.ts";

const lua = await testLua();

test.each(luaJitSuite)("$name", async (one) => {
  expect(await evaluateLuaJit(luaJitVm(lua), one.code)).toEqual(one.expect);
});
