import { expect, it, vi } from "vitest";
import { testLua } from "../testing/test-wasm.ts";
import { rehearse } from "./rehearsal.ts";

it("goes through a start, a skill and a chunk, and leaves no VM behind", async () => {
  const lua = await testLua();
  const createVm = vi.spyOn(lua, "createVm");
  await rehearse({ lua, environment: "node" });
  const vms = createVm.mock.results.map(({ value }) => value as ReturnType<typeof lua.createVm>);
  expect(vms.length).toBeGreaterThan(0);
  expect(vms.every((vm) => !vm.usable)).toBe(true);
  createVm.mockRestore();
});
