import { expect, test, vi } from "vitest";
import { sliceSuite } from "../../testing/slice-suite.ts";
import { testLua } from "../../testing/test-wasm.ts";
import type { LuaRunError } from "../interface.ts";

const lua = await testLua();

test.each(sliceSuite)(
  "$name",
  async (one) => {
    expect(await one.run(lua)).toEqual(one.expect);
  },
  120_000,
);

test("where the clock stands still while code runs, slices are counted, and an abort is heard", async () => {
  const vm = lua.createVm({ preludes: [] });
  const controller = new AbortController();
  setImmediate(() => controller.abort());
  const frozen = vi.spyOn(performance, "now").mockReturnValue(performance.now());
  try {
    const loop = vm.compile("while true do end", "=loop");
    // The budget ends a run that no slice interrupts.
    const options = { sliceMs: 8, instructions: 300_000_000, signal: controller.signal };
    const ended = await vm
      .run(loop, [], () => "by itself", options)
      .catch((error: LuaRunError) => error.details.reason);
    expect(ended).toBe("aborted");
  } finally {
    frozen.mockRestore();
    vm.close();
  }
});
