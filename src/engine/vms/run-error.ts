/**
 * From a failed Lua run to the one error class (vulcan-api.md §1.2, §3.5).
 * @module
 */
import { LuaSkillsError } from "../../errors.ts";
import { LuaRunError } from "../../lua/interface.ts";

const stops = {
  deadline_exceeded: "its time limit passed",
  budget_exceeded: "its instruction budget is used up",
  memory_exceeded: "its VM reached the memory limit",
  aborted: "the caller aborted it",
} as const;

/** `Lua skill 'x' error: runtime error: …`; `head` is everything before the error. Non-Lua failures pass as they are. */
export function runFailure(
  thrown: unknown,
  head: string,
  data: Readonly<Record<string, unknown>> = {},
): LuaSkillsError {
  if (!(thrown instanceof LuaRunError)) return LuaSkillsError.from(thrown);
  const { traceback, reason, refused } = thrown.details;
  // By the border of Lua, before Lua ran: walking arguments beforehand would cost as much as passing them.
  if (refused) return new LuaSkillsError("invalid_argument", `args: ${thrown.message}`, { cause: thrown });
  const trace = traceback === undefined ? {} : { luaTraceback: traceback };
  if (thrown.kind === "stopped") {
    const code = reason ?? "aborted";
    return new LuaSkillsError(code, `${head}${stopText(thrown, code)}`, { data, cause: thrown, ...trace });
  }
  const code = thrown.kind === "syntax" ? "lua_syntax_error" : "lua_error";
  return new LuaSkillsError(code, `${head}${thrown.kind} error: ${thrown.message}`, {
    data: { ...position(thrown.message), ...data },
    cause: thrown,
    ...trace,
  });
}

/** A text of Lua's compiler, as {@link runFailure} shapes the errors of a run. */
export function syntaxFailure(message: string, head: string, data: Readonly<Record<string, unknown>> = {}) {
  return runFailure(new LuaRunError("syntax", message), head, data);
}

function stopText(error: LuaRunError, code: keyof typeof stops): string {
  return error.message === "" ? stops[code] : error.message;
}

/** `[string "name"]:12:` or `/path:12:` at the start of a message, for programs; the name of a chunk is no file. */
export function position(message: string): { file?: string; line?: number } {
  const found = /^(?:\w+ error: )?(?:\[string "[^\n]*?"\]|([^\s:]+)):(\d+):/.exec(message);
  if (!found) return {};
  return { ...(found[1]?.startsWith("/") ? { file: found[1] } : {}), line: Number(found[2]) };
}
