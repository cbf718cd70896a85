import { expect, test, vi } from "vitest";
import { LuaSkillsError } from "../../errors.ts";
import { failure, skill, testEngine } from "../../testing/test-engine.ts";
import { testLua } from "../../testing/test-wasm.ts";

test("a call that waits for its skill's share of the pool keeps its time limit", async () => {
  const { engine } = await testEngine({
    files: skill("busy", { run: "return function() while true do end end" }),
    // One of the two is for other skills.
    options: { pool: { min_size: 1, max_size: 2 } },
  });
  const request = { op: "call", name: "busy-run", args: {} } as const;
  const first = failure(engine.request(request, { requestId: 1 }));
  const second = await failure(engine.request({ ...request, timeoutMs: 60 }));
  expect(second).toMatchObject({
    code: "deadline_exceeded",
    message: expect.stringContaining("waited for a free Lua VM"),
  });
  engine.cancel(1, new LuaSkillsError("aborted", "enough"));
  expect((await first).code).toBe("aborted");
  await engine.close();
});

test("a VM is made ahead again after a stopped run, and knows nothing of it", async () => {
  const booted = await testLua();
  let made = 0;
  const lua = {
    ...booted,
    createVm: (...given: Parameters<typeof booted.createVm>) => {
      made++;
      return booted.createVm(...given);
    },
  };
  const { engine, lua: run } = await testEngine({ platform: { lua } });
  expect(await run("return 1")).toBe(1);
  for (let stops = 0; stops < 3; stops++) {
    const before = made;
    await expect(run("left = 1 while true do end", 20)).rejects.toMatchObject({ code: "deadline_exceeded" });
    await vi.waitFor(() => expect(made).toBe(before + 1), { timeout: 10_000 });
    expect(await run("return left == nil")).toBe(true);
    expect(made).toBe(before + 1);
  }
  await engine.close();
});
