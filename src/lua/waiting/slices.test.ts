import { expect, test } from "vitest";
import { testLua } from "../../testing/test-wasm.ts";
import { sliceSuite } from "./slice-suite.ts";

const lua = await testLua();

test.each(sliceSuite)("$name", async (one) => {
  expect(await one.run(lua)).toEqual(one.expect);
});
