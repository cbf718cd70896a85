import { expect, it } from "vitest";
import { failure, skill, testEngine } from "../../testing/test-engine.ts";

const files = skill("outer", {
  run: "return function(args) return vulcan.runtime.lua.exec({ code = args.code, timeout_ms = args.timeout_ms }) end",
});
const endless = "while true do end";

it("ends with the request it is part of, however long its own limit is", async () => {
  const { engine, call } = await testEngine({ files });
  const error = await failure(call("outer-run", { code: endless, timeout_ms: 600_000 }, 60));
  expect(error.code).toBe("deadline_exceeded");
  await engine.close();
});

it("ends by its own limit within a longer request, and the request goes on", async () => {
  const { engine, call } = await testEngine({ files });
  const text = await call("outer-run", { code: endless, timeout_ms: 30 }, 600_000);
  expect(text).toContain("FAILED");
  expect(text).toContain("luaexec execution timed out after 30 ms");
  await engine.close();
});

it.each([
  ["error('x')", "\t[C]: in function 'error'\n"],
  ["local t = nil return t.x", ""],
  ["table.sort({ 2, 1 }, function() error('x') end)", "\t[C]: in function 'error'\n"],
])("reports the traceback of %s without the engine's own Lua", async (code, raising) => {
  const { engine, call } = await testEngine({ files });
  const text = await call("outer-run", { code });
  expect(text).toContain(`stack traceback:\n${raising}\tluaexec:1: in `);
  expect(text).not.toMatch(/dialect:|vulcan\.scope:|yieldable:|tail calls/);
  await engine.close();
});
