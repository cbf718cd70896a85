/** A host tool may call the runtime it serves: what waits for it holds no place that the call inside needs. */
import { expect, test } from "vitest";
import { skill, testEngine } from "../../testing/test-engine.ts";

const files = {
  ...skill("s", {
    run: `return function(a)
      if a.deep then return "inner" end
      local answer = vulcan.host.call("inner", a)
      return answer.value or answer.error.message
    end`,
  }),
  ...skill("outer", { run: 'return function(a) return vulcan.call("s-run", a) end' }),
};

/** `inner` calls `s-run` again, `levels` deep. */
async function reentrant() {
  const tool = async ({ action, args }: { action: string; args: { levels?: number } }) => {
    if (action !== "call") return true;
    const levels = (args.levels ?? 1) - 1;
    return made.call("s-run", levels > 0 ? { levels } : { deep: true });
  };
  const made: Awaited<ReturnType<typeof testEngine>> = await testEngine({
    files,
    callbacks: { hostTool: tool as never },
  });
  return made;
}

test.each(["s-run", "outer-run"])(
  "many calls of %s at once, and deep ones",
  async (name) => {
    const { call, engine } = await reentrant();
    const many = await Promise.all(Array.from({ length: 12 }, () => call(name)));
    expect(new Set(many)).toEqual(new Set(["inner"]));
    expect(await call(name, { levels: 20 })).toBe("inner");
    expect(await call("s-run", { deep: true })).toBe("inner");
    await engine.close();
  },
  60_000,
);

test("a tool that calls without end is told so, and the engine goes on", async () => {
  const { call, engine } = await reentrant();
  const endless = await call("s-run", { levels: 1_000 }).then(String, (error: Error) => error.message);
  expect(endless).toContain("runs wait for the host");
  expect(await call("s-run", { deep: true })).toBe("inner");
  await engine.close();
}, 120_000);
