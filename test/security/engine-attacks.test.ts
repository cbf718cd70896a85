import { afterAll, describe, expect, test } from "vitest";
import { LuaSkillsError } from "../../src/errors.ts";
import { skill, testEngine } from "../../src/testing/test-engine.ts";
import { attacks } from "./attacks.ts";
import { processorTimeOfThread } from "./table/processor-time.ts";

const run = `return function(args)
  local program = assert(load(args.code, "=attack"))
  local value = program()
  return type(value) == "table" and vulcan.json.encode(value) or tostring(value)
end`;

const deadlineMs = 60;
/** Of processor time. Not the 10 ms that the benchmark measures. */
const toleranceMs = 500;
const now = processorTimeOfThread();
const stops = ["deadline_exceeded", "memory_exceeded"];

describe("the attacks on the guard, with every prelude of the engine around them", async () => {
  const engine = await testEngine({
    options: { limits: { vmMemoryBytes: 48 * 2 ** 20 } },
    files: {
      ...skill("attacker", { run }),
      ...skill("bystander", { ping: `return function() return "pong" end` }),
    },
  });
  afterAll(() => engine.engine.close());

  test.each(attacks)("$name", async ({ code, ends }) => {
    const started = now();
    const outcome = await engine.call("attacker-run", { code }, deadlineMs).catch((error: unknown) => error);
    expect(now() - started).toBeLessThan(deadlineMs + toleranceMs);
    if (ends !== "harmless") {
      expect(outcome, String(outcome)).toBeInstanceOf(LuaSkillsError);
      expect(stops).toContain((outcome as LuaSkillsError).code);
    }
    expect(await engine.call("bystander-ping")).toBe("pong");
  });

  test("a stopped skill works again with its next call", async () => {
    expect(await engine.call("attacker-run", { code: "return 42" })).toBe("42");
  });
});
