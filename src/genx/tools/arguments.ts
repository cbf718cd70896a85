import type { Json, JsonObject } from "../../contract/contract.ts";
import { pathText } from "../../schema/problem.ts";
import { schemaValidators } from "../../schema/validator.ts";

const validatorOf = schemaValidators();

/** Why a value does not fit a schema; undefined when it does. @throws LuaSkillsError when the schema cannot be used */
export async function misfit(schema: JsonObject, value: Json): Promise<string | undefined> {
  const [first] = (await validatorOf(schema)).problems(value);
  return first && `${pathText(first.path, "arguments")}: expected ${first.expected}, got ${first.got}`;
}

/** The arguments of a call of a model. @throws Error with the reason when they are no JSON or do not fit */
export async function readArguments(text: string, schema: JsonObject): Promise<Json> {
  let value: Json;
  try {
    value = text.trim() === "" ? {} : (JSON.parse(text) as Json);
  } catch (error) {
    throw new Error(`arguments are not JSON: ${(error as Error).message}`);
  }
  const reason = await misfit(schema, value);
  if (reason !== undefined) throw new Error(reason);
  return value;
}
