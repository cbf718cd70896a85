import { expect, it, vi } from "vitest";
import { LuaSkillsError } from "./errors.ts";

it("is JSON with its message", () => {
  const error = new LuaSkillsError("lua_error", "boom", { data: { line: 3 } });
  expect(JSON.parse(JSON.stringify({ error }))).toEqual({
    error: { code: "lua_error", message: "boom", data: { line: 3 } },
  });
});

it("knows errors of another copy of the class, and keeps its subclasses apart", async () => {
  vi.resetModules();
  const other = (await import("./errors.ts")) as typeof import("./errors.ts");
  expect(other.LuaSkillsError).not.toBe(LuaSkillsError);
  const error = new other.LuaSkillsError("conflict", "x");
  expect(error instanceof LuaSkillsError).toBe(true);
  expect(LuaSkillsError.from(error)).toBe(error);
  class Special extends LuaSkillsError {}
  expect(error instanceof Special).toBe(false);
  expect(new LuaSkillsError("conflict", "x") instanceof Special).toBe(false);
  expect(new Special("conflict", "x") instanceof Special).toBe(true);
  expect(new Special("conflict", "x") instanceof LuaSkillsError).toBe(true);
  for (const value of [null, undefined, "x", {}, new Error("x")])
    expect(value instanceof (LuaSkillsError as never)).toBe(false);
});

it("has its name in its stack", () => {
  expect(new LuaSkillsError("conflict", "why").stack).toMatch(/^LuaSkillsError: why\n/);
});
