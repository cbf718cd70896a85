import { Validator } from "@cfworker/json-schema";
import type { Json, JsonObject } from "../../contract/contract.ts";

/** Why a value does not fit a schema; undefined when it does. */
export function misfit(schema: JsonObject, value: Json): string | undefined {
  const { valid, errors } = new Validator(schema, "2020-12", false).validate(value);
  if (valid) return undefined;
  // The first error says that the whole does not fit; the deepest says where.
  const [first, ...rest] = errors;
  const deepest = rest.reduce((a, b) => (b.instanceLocation.length > (a?.instanceLocation.length ?? 0) ? b : a), first);
  return `${deepest?.instanceLocation.replace(/^#\/?/, "") || "arguments"}: ${deepest?.error ?? "does not fit the schema"}`;
}

/** The arguments of a call of a model. @throws Error with the reason when they are no JSON or do not fit */
export function readArguments(text: string, schema: JsonObject): Json {
  let value: Json;
  try {
    value = text.trim() === "" ? {} : (JSON.parse(text) as Json);
  } catch (error) {
    throw new Error(`arguments are not JSON: ${(error as Error).message}`);
  }
  const reason = misfit(schema, value);
  if (reason !== undefined) throw new Error(reason);
  return value;
}
