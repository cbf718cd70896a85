/**
 * What a program that failed of a refusal failed of.
 * @module
 */
import { LuaSkillsError } from "../../errors.ts";
import type { Refusal } from "../../policy/refusal.ts";

/** A program that failed of what it was refused failed for want of permission: its host hears of which. */
export function refusedFailure(refusal: Refusal, error: unknown): unknown {
  if (!(error instanceof LuaSkillsError) || error.code !== "lua_error") return error;
  if (!error.message.includes(refusal.text)) return error;
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
