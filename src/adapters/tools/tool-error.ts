/**
 * A failed call as a model should hear of it.
 * @module
 */
import { LuaSkillsError, type LuaSkillsErrorCode } from "../../errors.ts";

/** What happened, and what can be done about it. */
export interface ToolErrorReport {
  readonly code: LuaSkillsErrorCode;
  readonly message: string;
  /** For the model; absent where there is nothing it could do. */
  readonly hint?: string;
}

const hints: Partial<Record<LuaSkillsErrorCode, string>> = {
  invalid_argument: "Correct the arguments to fit the tool's schema and call it again.",
  entry_not_found: "The tool is not there any more; use one that is listed.",
  deadline_exceeded: "It took too long. Ask for less at once.",
  memory_exceeded: "It needed too much memory. Ask for less at once.",
  budget_exceeded: "It computed too long. Ask for less at once.",
  output_exceeded: "The result was too long. Ask for less at once.",
  permission_denied: "Do not try it again without the user's consent.",
  overloaded: "Try again in a moment.",
  quota_exceeded: "The storage is full; nothing was written.",
};

/** Never throws; whatever was thrown has a report. */
export function toolError(thrown: unknown): ToolErrorReport {
  const { code, message, data } = LuaSkillsError.from(thrown);
  const hint = typeof data.hint === "string" ? data.hint : hints[code];
  return { code, message, ...(hint === undefined ? {} : { hint }) };
}

/** The report as one text, for frameworks whose tools answer with text. Never throws. */
export function toolErrorText(thrown: unknown): string {
  const { code, message, hint } = toolError(thrown);
  return `Error (${code}): ${message}${hint === undefined ? "" : `\n${hint}`}`;
}
