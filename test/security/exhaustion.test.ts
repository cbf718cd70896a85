import { afterAll, describe, expect, test } from "vitest";
import { skill, testEngine } from "../../src/testing/test-engine.ts";
import { MemoryStore } from "../../src/vfs/memory-store.ts";
import { exhaustions, tooLarge } from "./exhaustion.ts";
import { processorTimeOfThread } from "./table/processor-time.ts";

const run = `return function(args)
  local program, message = load(args.code, "=thief")
  if not program then return message end
  setfenv(program, setmetatable({ args = args }, { __index = _G }))
  local ok, answer = pcall(program)
  return tostring(answer)
end`;
const databases = "sqlite: { enable: true }\nlancedb: { enable: true }\n";

const deadlineMs = 300;
/** For programs that must meet another limit: a busy machine must not let the deadline come first. */
const amplyMs = 30_000;
/** Of processor time: what fails here takes many seconds, or all memory. */
const toleranceMs = 3000;
const now = processorTimeOfThread();
const mostBytes = 1.5 * 2 ** 30;

describe("work of the host that a program can ask for is bounded", async () => {
  const engine = await testEngine({
    store: new MemoryStore({ quotaBytes: 64 * 2 ** 20 }),
    options: { limits: { vmMemoryBytes: 64 * 2 ** 20 } },
    files: {
      ...skill("thief", { run }, databases),
      ...skill("other", { echo: "return function(args) return args end" }),
    },
    callbacks: { hostTool: async () => ({ ok: true }) },
  });
  afterAll(() => engine.engine.close());

  test.each(exhaustions)("$name", { timeout: 60_000 }, async ({ code, says }) => {
    const started = now();
    const limitMs = says && !says.test("time limit") ? amplyMs : deadlineMs;
    const answer = await engine.call("thief-run", { code }, limitMs).catch((error: Error) => error.message);
    expect(now() - started, answer.slice(0, 200)).toBeLessThan(limitMs + toleranceMs);
    if (says) expect(answer).toMatch(says);
    expect(process.memoryUsage().rss).toBeLessThan(mostBytes);
    expect(await engine.call("other-echo", {}).catch((error: Error) => error.message)).toContain("plain string");
    engine.events.length = 0;
  });

  test.each(exhaustions.filter((one) => one.says === tooLarge))("without a deadline: $name", async ({ code }) => {
    const answer = await engine.call("thief-run", { code }).catch((error: Error) => error.message);
    expect(answer).toMatch(/written out it is larger than \d+ bytes/);
  });
});
