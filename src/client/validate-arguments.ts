/**
 * Arguments held against an entry's schema before the call. Loaded with the first call that asks for it.
 * @module
 */
import type { EntryDescriptor, JsonObject } from "../contract/contract.ts";
import { LuaSkillsError } from "../errors.ts";
import { schemaValidators } from "../schema/validator.ts";
import { type Misfit, misfitsOf, misfitText } from "./misfits.ts";

/** The registry keeps a schema's identity until its skill changes. */
const validatorOf = schemaValidators();

/**
 * An entry that is not there is the engine's to report.
 * @throws LuaSkillsError `invalid_argument` with `data`: `entry`, `path`, `expected`, `got` of the first problem, and `problems`;
 * `invalid_manifest` when the schema cannot be used (data: `entry`, `path` and `pattern` of the place in it); `budget_exceeded`
 */
export async function validateArguments(
  entries: readonly EntryDescriptor[],
  name: string,
  args: JsonObject,
): Promise<void> {
  const entry = entries.find((each) => each.name === name);
  if (entry) await checkArguments(entry.inputSchema, `'${name}'`, args, { entry: name });
}

/** @throws LuaSkillsError as {@link validateArguments}; `whose` names what the arguments are for */
export async function checkArguments(
  schema: JsonObject,
  whose: string,
  args: JsonObject,
  data: JsonObject = {},
): Promise<void> {
  const problems = await problemsOf(schema, whose, args, data);
  const [first] = problems;
  if (!first) return;
  throw new LuaSkillsError("invalid_argument", `arguments of ${whose}: ${misfitText(problems)}`, {
    data: { ...data, ...first, problems },
  });
}

async function problemsOf(schema: JsonObject, whose: string, args: JsonObject, data: JsonObject): Promise<Misfit[]> {
  try {
    return misfitsOf(await validatorOf(schema), args, "arguments");
  } catch (thrown) {
    const error = LuaSkillsError.from(thrown);
    const details = { data: { ...data, ...error.data }, cause: error };
    // Who calls cannot mend a schema.
    if (error.code === "invalid_argument")
      throw new LuaSkillsError("invalid_manifest", `the schema of ${whose} cannot be used: ${error.message}`, details);
    throw new LuaSkillsError(error.code, `arguments of ${whose}: ${error.message}`, details);
  }
}
