import { expect, test } from "vitest";
import { sliceSuite } from "../../testing/slice-suite.ts";
import { testLua } from "../../testing/test-wasm.ts";

const lua = await testLua();

test.each(sliceSuite)(
  "$name",
  async (one) => {
    expect(await one.run(lua)).toEqual(one.expect);
  },
  120_000,
);
