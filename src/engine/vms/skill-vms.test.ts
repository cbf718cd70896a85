import { expect, test } from "vitest";
import { LuaSkillsError } from "../../errors.ts";
import { failure, skill, testEngine } from "../../testing/test-engine.ts";

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
