import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { testLua } from "../../testing/test-wasm.ts";
import type { LuaFunctionRef, LuaValue, LuaVm } from "../interface.ts";

let vm: LuaVm;
let echo: LuaFunctionRef;
beforeAll(async () => {
  vm = (await testLua()).createVm({ preludes: [] });
  echo = vm.compile("return ...", "=echo");
});
afterAll(() => vm.close());

const there = (value: LuaValue) => vm.run(echo, [value], (results) => results.value(1));

/** Data with one spelling on both sides: no empty tables (they are lists), no holes, no bytes that are text. */
const { value } = fc.letrec<{ value: LuaValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.boolean(),
    fc.maxSafeInteger(),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).filter((n) => n > 2n ** 53n || n < -(2n ** 53n)),
    fc.double({ noNaN: true, noDefaultInfinity: true }).filter((n) => !Number.isInteger(n)),
    fc.string({ unit: "grapheme", maxLength: 12 }),
    fc.uint8Array({ minLength: 1, maxLength: 8 }).map((bytes) => Uint8Array.of(0xff, ...bytes)),
    fc.array(tie("value"), { minLength: 1, maxLength: 4 }),
    fc.dictionary(fc.stringMatching(/^[a-z]{1,4}$/), tie("value"), { minKeys: 1, maxKeys: 4 }),
  ),
}));

it("what crosses into Lua and back is what it was", async () => {
  await fc.assert(
    fc.asyncProperty(value, async (given) => {
      expect(await there(given)).toEqual(given);
    }),
  );
});
