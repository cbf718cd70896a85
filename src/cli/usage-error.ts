import { LuaSkillsError } from "../errors.ts";

/** What was given on the command line cannot be used. */
export function usageError(message: string): LuaSkillsError {
  return new LuaSkillsError("invalid_argument", message);
}
