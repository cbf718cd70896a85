import { expect, test } from "vitest";
import { evaluate, testLua } from "../../testing/test-wasm.ts";

const vm = (await testLua()).createVm({ preludes: [] });

/** Lines below `stack traceback:`, `depth` calls down. */
async function linesAt(depth: number, level: number): Promise<number> {
  const [lines] = await evaluate(
    vm,
    `local function f(n)
      if n == 0 then return (select(2, debug.traceback("", ${level}):gsub("\\n\\t", ""))) end
      local lines = f(n - 1)
      return lines
    end
    local lines = f(${depth})
    return lines`,
  );
  return lines as number;
}

test("a traceback shows the first ten levels and the last eleven, however deep it is and wherever it begins", async () => {
  const top = await linesAt(0, 1);
  expect(top).toBeGreaterThan(0);
  for (const depth of [9, 18, 19, 20, 21, 22, 23, 40, 126, 127, 128, 129, 10_000]) {
    for (const level of [1, 2, 5, 9]) {
      const levels = top + depth - (level - 1);
      expect(await linesAt(depth, level), `${depth} deep, from ${level}`).toBe(levels > 21 ? 22 : levels);
    }
  }
});

test("a traceback of a coroutine that waits, from levels that it has not, too", async () => {
  const [above, below, all] = await evaluate(
    vm,
    `local co = coroutine.create(function()
      local function g(n) if n == 0 then coroutine.yield() end g(n - 1) end
      g(50)
    end)
    coroutine.resume(co)
    return debug.traceback(co, "x", -1), debug.traceback(co, "y", 60), debug.traceback(co)`,
  );
  expect([above, below]).toEqual(["x\nstack traceback:", "y\nstack traceback:"]);
  expect(
    String(all)
      .split("\n")
      .filter((line) => line === "\t..."),
  ).toHaveLength(1);
});
