/**
 * SQLite's errors as the page hears them.
 * @module
 */
import { LuaSkillsError } from "../../errors.ts";
import { SqliteError } from "../sqlite-error.ts";
import { code } from "../wasm/sqlite-api.ts";

/** Failures that say nothing about the statement or the file, but about what the work may cost. */
export function limitError(error: SqliteError): LuaSkillsError | undefined {
  switch (error.resultCode & 255) {
    case code.interrupt:
      return new LuaSkillsError(
        "deadline_exceeded",
        "the work on the database took longer than a call may (limits.callTimeoutMs)",
      );
    case code.noMemory:
      return new LuaSkillsError("memory_exceeded", "SQLite needs more memory than limits.sqliteMemoryBytes allows");
    case code.tooBig:
      return new LuaSkillsError("memory_exceeded", "a value or row is longer than limits.sqliteValueBytes allows");
    case code.full:
      return new LuaSkillsError("quota_exceeded", "the filesystem is full (limits.vfsBytes)");
    default:
      return undefined;
  }
}

/** SQLite's errors with their place in the text. */
export function asErrors<T>(sql: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof SqliteError)) throw error;
    const limit = limitError(error);
    if (limit) throw limit;
    const [, message = error.message, at] = /^([\s\S]*?) in [\s\S]* at offset (\d+)$/.exec(error.message) ?? [];
    const offset = at === undefined ? undefined : utf16Offset(sql, Number(at));
    throw new LuaSkillsError("invalid_argument", message, {
      data: { sql, ...(offset === undefined ? {} : { offset }) },
    });
  }
}

function utf16Offset(text: string, bytes: number): number {
  return new TextDecoder().decode(new TextEncoder().encode(text).subarray(0, bytes)).length;
}
