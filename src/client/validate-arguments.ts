/**
 * Arguments held against an entry's schema before the call. Loaded with the first call that asks for it.
 * @module
 */
import type { EntryDescriptor, JsonObject } from "../contract/contract.ts";
import { LuaSkillsError } from "../errors.ts";
import { misfitsOf, misfitText } from "./misfits.ts";

/**
 * An entry that is not there is the engine's to report.
 * @throws LuaSkillsError `invalid_argument` with `data`: `entry`, `path`, `expected`, `got` of the first problem, and `problems`
 */
export function validateArguments(entries: readonly EntryDescriptor[], name: string, args: JsonObject): void {
  const entry = entries.find((each) => each.name === name);
  if (entry) checkArguments(entry.inputSchema, `'${name}'`, args, { entry: name });
}

/** @throws LuaSkillsError as {@link validateArguments}; `whose` names what the arguments are for */
export function checkArguments(schema: JsonObject, whose: string, args: JsonObject, data: JsonObject = {}): void {
  const problems = misfitsOf(schema, args, "arguments");
  const [first] = problems;
  if (!first) return;
  throw new LuaSkillsError("invalid_argument", `arguments of ${whose}: ${misfitText(problems)}`, {
    data: { ...data, ...first, problems },
  });
}
