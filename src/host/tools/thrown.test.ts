import { expect, test } from "vitest";
import { LuaSkillsError } from "../../errors.ts";
import { skill, testEngine } from "../../testing/test-engine.ts";

const files = skill("s", {
  run: 'return function() local e = vulcan.host.call("tool", {}).error return e.code .. ": " .. e.message end',
});

async function call(thrown: unknown) {
  const { call, events } = await testEngine({ files, callbacks: { hostTool: async () => Promise.reject(thrown) } });
  const told = await call("s-run");
  const logs = events.flatMap(([name, event]) => (name === "log" && event.level === "error" ? [event.message] : []));
  return { told, logs };
}

test("an error of a host tool is logged with its stack, and Lua hears its text", async () => {
  const { told, logs } = await call(new TypeError("no such thing"));
  expect(told).toBe("host_tool_callback_error: no such thing");
  expect(logs).toEqual([
    expect.stringMatching(/^host tool 'tool' failed: TypeError: no such thing\n[\s\S]*thrown\.test\.ts/),
  ]);
});

test("a LuaSkillsError of a host tool keeps its code, and is nobody's bug", async () => {
  const { told, logs } = await call(new LuaSkillsError("not_found", "no such page"));
  expect([told, logs]).toEqual(["not_found: no such page", []]);
});
