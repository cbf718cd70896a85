import { expect, test } from "vitest";
import { decodeLuaexec } from "./request.ts";

const prefix = "luaexec input is invalid";
const failure = (input: unknown): string => {
  try {
    decodeLuaexec(input, prefix);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  return "decoded";
};

test("defaults, trimming and unknown fields", () => {
  expect(decodeLuaexec({ code: "\n \n return 1 \n", caller_tool_name: "  ", other: 1 }, prefix)).toEqual({
    task: "",
    code: "return 1",
    leadingLines: "\n\n",
    file: undefined,
    args: {},
    timeoutMs: 60_000,
    caller: undefined,
  });
});

test("a sequence is read by position", () => {
  expect(decodeLuaexec(["my task", "return 1", null, { a: 1 }, 5], prefix)).toMatchObject({
    task: "my task",
    code: "return 1",
    args: { a: 1 },
    timeoutMs: 5,
  });
});

test.each<[unknown, string]>([
  [{ code: 5 }, `${prefix}: invalid type: integer \`5\`, expected a string`],
  [{ task: null }, `${prefix}: invalid type: null, expected a string`],
  [{ code: "x", timeout_ms: 1.5 }, `${prefix}: invalid type: floating point \`1.5\`, expected u64`],
  [{ code: "x", timeout_ms: -1 }, `${prefix}: invalid value: integer \`-1\`, expected u64`],
  [{ timeout_ms: 0 }, "luaexec timeout_ms must be greater than 0"],
  [{ code: "x", file: "y" }, "luaexec accepts either code or file, but not both"],
  [[], "luaexec requires code or file"],
  ["text", `${prefix}: invalid type: string "text", expected struct RunLuaRequest`],
])("%j → %s", (input, text) => expect(failure(input)).toBe(text));
