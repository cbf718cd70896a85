/**
 * What a program that failed of a refusal failed of.
 * @module
 */
import { LuaSkillsError } from "../../errors.ts";
import type { Refusal, Shortage } from "../../policy/refusal.ts";
import type { EngineCore } from "../core.ts";

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
    `${error.message} (limits.${limit} is ${value}; '${skill}' holds as much; ${grantOf(skill, limit)} allows more)`,
    {
      data: { ...error.data, skill, limit, value },
      cause: error.cause,
      ...(error.luaTraceback === undefined ? {} : { luaTraceback: error.luaTraceback }),
    },
  );
}

/** A database that may not grow fails with a text of SQLite's, as does one in a tree that is full. */
export function databaseFull(error: LuaSkillsError, { policy }: EngineCore, skill: string | null): LuaSkillsError {
  if (error.code !== "lua_error" || !error.message.includes("database or disk is full")) return error;
  const limit = "skillDatabaseBytes";
  const value = policy.limitsOf(skill)[limit];
  return new LuaSkillsError(
    "quota_exceeded",
    `${error.message} (limits.${limit} is ${value}; ${grantOf(skill, limit)} allows more; limits.vfsBytes bounds the whole tree)`,
    { data: { ...error.data, limit, value }, cause: error.cause },
  );
}

export function tooManyCalls(skill: string, value: number): LuaSkillsError {
  const limit = "skillCalls";
  return new LuaSkillsError(
    "overloaded",
    `${value} calls of '${skill}' are at work (limits.${limit}; ${grantOf(skill, limit)} allows more): nothing was done, try again`,
    { data: { skill, limit, value } },
  );
}

/** The grant that gives one skill, or (null) code without one, a limit of its own. */
export const grantOf = (skill: string | null, limit: string): string =>
  `grants[${JSON.stringify(skill ?? "*")}].limits.${limit}`;
