/**
 * What a program that failed of a refusal failed of.
 * @module
 */
import { LuaSkillsError } from "../../errors.ts";
import type { Limits } from "../../limits.ts";
import type { Refusal, Shortage } from "../../policy/refusal.ts";

/** A program that failed of what it was refused failed for want of permission: its host hears of which. */
export function refusedFailure(refusal: Refusal | Shortage, error: unknown): unknown {
  if (!(error instanceof LuaSkillsError) || error.code !== "lua_error") return error;
  if (!error.message.includes(refusal.text)) return error;
  if ("limit" in refusal) return shortageFailure(refusal, error);
  const { skill, action, resource, grant, text } = refusal;
  const about = grant === undefined ? "no grant allows it" : `${grant} would allow it`;
  const hint = text.startsWith("permission denied")
    ? ""
    : ` (${action} ${JSON.stringify(resource)} is not granted: ${about})`;
  return new LuaSkillsError("permission_denied", error.message + hint, {
    data: { ...error.data, skill, action, resource, ...(grant === undefined ? {} : { grant }) },
    cause: error.cause,
    ...(error.luaTraceback === undefined ? {} : { luaTraceback: error.luaTraceback }),
  });
}

function shortageFailure({ skill, limit, value }: Shortage, error: LuaSkillsError): LuaSkillsError {
  return new LuaSkillsError(
    "quota_exceeded",
    `${error.message} (limits.${limit} is ${value} for each skill; '${skill}' holds as much)`,
    {
      data: { ...error.data, skill, limit, value },
      cause: error.cause,
      ...(error.luaTraceback === undefined ? {} : { luaTraceback: error.luaTraceback }),
    },
  );
}

/** A database that may not grow fails with a text of SQLite's, as does one in a tree that is full. */
export function databaseFull(error: LuaSkillsError, { skillDatabaseBytes: value }: Limits): LuaSkillsError {
  if (error.code !== "lua_error" || !error.message.includes("database or disk is full")) return error;
  return new LuaSkillsError(
    "quota_exceeded",
    `${error.message} (limits.skillDatabaseBytes is ${value} for each skill; limits.vfsBytes bounds the whole tree)`,
    { data: { ...error.data, limit: "skillDatabaseBytes", value }, cause: error.cause },
  );
}
