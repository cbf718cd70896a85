import { afterEach, expect, it, vi } from "vitest";
import { Images } from "../lua/images.ts";
import { bootLua } from "../lua/wasm/boot.ts";
import { skill, testEngine } from "../testing/test-engine.ts";
import { luaWasmPath, testLua } from "../testing/test-wasm.ts";
import { rehearse } from "./rehearsal.ts";

afterEach(() => vi.restoreAllMocks());

it("goes through a start, a skill and a chunk, and leaves no VM behind", async () => {
  const lua = await testLua();
  const createVm = vi.spyOn(lua, "createVm");
  await rehearse({ lua, environment: "node" });
  const vms = createVm.mock.results.map(({ value }) => value as ReturnType<typeof lua.createVm>);
  expect(vms.length).toBeGreaterThan(0);
  expect(vms.every((vm) => !vm.usable)).toBe(true);
});

it.each([
  ["without skills", {}],
  ["with a skill", skill("demo", { run: "return function() return 1 end" })],
])("leaves the image that the first VM of a start begins as, on a store %s", async (_, files) => {
  const lua = await bootLua({ wasm: luaWasmPath });
  await rehearse({ lua, environment: "browser" });
  const makes = vi.spyOn(Images.prototype, "createVm");
  const { engine } = await testEngine({ files, platform: { lua, environment: "browser" } });
  const made = makes.mock.results.map(({ value }) => value as ReturnType<Images["createVm"]>);
  expect(made.length).toBeGreaterThan(0);
  // Only a VM that finds no image to begin as leaves one.
  expect(made.map(({ image }) => image)).toEqual(made.map(() => undefined));
  await engine.close();
});
