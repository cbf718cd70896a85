import { expect, test } from "vitest";
import { evaluate, testLua } from "../../testing/test-wasm.ts";
import { LuaRunError } from "../interface.ts";

// Sessions (engine.md §10.2) rely on it: their globals outlive a timeout.
const programs = [
  "while true do end",
  "while true do pcall(function() while true do end end) end",
  "coroutine.wrap(function() while true do end end)()",
  "table.sort({ 3, 2, 1, 5, 4 }, function() while true do end end)",
  "do local t <close> = setmetatable({}, { __close = function() while true do end end }) end",
];

test("a deadline leaves a VM that is to be kept usable, time after time", async () => {
  const vm = (await testLua()).createVm({ preludes: [] });
  await evaluate(vm, "kept = 0");
  for (const program of [...programs, ...programs]) {
    const stopped = evaluate(vm, `${program} while true do end`, [], {
      deadline: performance.now() + 20,
      keepAfterDeadline: true,
    });
    const error = await stopped.then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error, program).toBeInstanceOf(LuaRunError);
    expect(error, program).toMatchObject({ kind: "stopped", details: { reason: "deadline_exceeded" } });
    expect(vm.usable, program).toBe(true);
    const [n] = await evaluate(vm, "kept = kept + 1 for i = 1, 50000 do local _ = tostring(i) end return kept");
    expect(n, program).toBeGreaterThan(0);
  }
  expect(await evaluate(vm, "return kept")).toEqual([programs.length * 2]);
});

test("a pending __close that never ends costs the VM, and nothing hangs", async () => {
  const vm = (await testLua()).createVm({ preludes: [] });
  const program =
    "local t <close> = setmetatable({}, { __close = function() while true do end end }) while true do end";
  const stopped = evaluate(vm, program, [], { deadline: performance.now() + 20, keepAfterDeadline: true });
  await expect(stopped).rejects.toMatchObject({ details: { reason: "deadline_exceeded" } });
  expect(vm.usable).toBe(false);
});

test("other limits still cost the VM", async () => {
  const vm = (await testLua()).createVm({ preludes: [] });
  const stopped = evaluate(vm, "while true do end", [], { instructions: 10_000, keepAfterDeadline: true });
  await expect(stopped).rejects.toMatchObject({ details: { reason: "budget_exceeded" } });
  expect(vm.usable).toBe(false);
});
