import { expect, it, vi } from "vitest";
import { Images } from "../../lua/images.ts";
import { bootLua } from "../../lua/wasm/boot.ts";
import { testEngine } from "../../testing/test-engine.ts";
import { luaWasmPath } from "../../testing/test-wasm.ts";

const endless = { op: "runLua", code: "while true do end", args: null, timeoutMs: 20 } as const;

it("a stopped caller is told before the next VM is made", async () => {
  const lua = await bootLua({ wasm: luaWasmPath });
  const { engine } = await testEngine({ platform: { lua } });
  const makes = vi.spyOn(lua, "createVm");
  for (let stops = 1; stops <= 3; stops++) {
    const before = makes.mock.calls.length;
    await expect(engine.request(endless)).rejects.toMatchObject({ code: "deadline_exceeded" });
    expect(makes.mock.calls.length).toBe(before);
    expect(await engine.request({ op: "runLua", code: "return 7", args: null })).toBe(7);
  }
  await engine.close();
});

it("from the first stop on VMs begin as images: the caller who was told meets no other", async () => {
  const lua = await bootLua({ wasm: luaWasmPath });
  const { engine } = await testEngine({ platform: { lua } });
  const [makes, asImages] = [vi.spyOn(lua, "createVm"), vi.spyOn(Images.prototype, "createVm")];
  expect(await engine.request({ op: "runLua", code: "return 7", args: null })).toBe(7);
  for (let stops = 1; stops <= 2; stops++) {
    await expect(engine.request(endless)).rejects.toMatchObject({ code: "deadline_exceeded" });
    expect(await engine.request({ op: "runLua", code: "return 7", args: null })).toBe(7);
    expect([asImages.mock.calls.length, makes.mock.calls.length]).toEqual([stops, stops]);
  }
  await engine.close();
});
