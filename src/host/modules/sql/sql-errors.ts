/**
 * What SQLite said, as an error for Lua.
 * @module
 */
import type { LuaError } from "../../../modules/definition/module-error.ts";
import type { ModuleKit } from "../services.ts";

/** Connections answer the codes without their extension; the text says which constraint it was. */
const unique = /^UNIQUE constraint failed/;
const kinds: Readonly<Record<number, readonly [kind: string, retryable: boolean]>> = {
  1: ["Invalid", false],
  5: ["Unavailable", true],
  6: ["Unavailable", true],
  8: ["PermissionDenied", false],
  13: ["Unavailable", false],
  14: ["PermissionDenied", false],
  19: ["Conflict", false],
  20: ["Invalid", false],
  23: ["PermissionDenied", false],
  25: ["Invalid", false],
};

export function sqlErrors({ luaError }: ModuleKit) {
  const invalid = (message: string): LuaError => luaError(message, { kind: "Invalid", retryable: false });
  /** A failure of SQLite has a result code; anything else stays what it is. */
  const explained = (thrown: unknown): unknown => {
    if (!(thrown instanceof Error)) return thrown;
    const { resultCode } = thrown as { resultCode?: unknown };
    if (typeof resultCode !== "number") return thrown;
    const [kind, retryable] = unique.test(thrown.message)
      ? (["AlreadyExists", false] as const)
      : (kinds[resultCode & 255] ?? ["Internal", false]);
    return luaError(`sql: ${thrown.message}`, { kind, retryable, details: { code: resultCode }, cause: thrown });
  };
  return { invalid, explained };
}
