import { expect, it } from "vitest";
import { exitCodeOf, exitCodes } from "./exit-codes.ts";

it.each([
  ["lua_error", exitCodes.skillFailed],
  ["invalid_manifest", exitCodes.skillFailed],
  ["invalid_result", exitCodes.skillFailed],
  ["permission_denied", exitCodes.skillFailed],
  ["invalid_argument", exitCodes.usage],
  ["entry_not_found", exitCodes.entryNotFound],
  ["deadline_exceeded", exitCodes.limit],
  ["output_exceeded", exitCodes.limit],
  ["storage_in_use", exitCodes.environment],
  ["internal", exitCodes.internal],
] as const)("%s ends the command line with %i", (code, expected) => {
  expect(exitCodeOf(code)).toBe(expected);
});
