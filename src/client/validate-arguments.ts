/**
 * Arguments held against an entry's schema before the call. Loaded with the first call that asks for it.
 * @module
 */
import { type Schema, Validator } from "@cfworker/json-schema";
import { oncePer } from "../base/once-per.ts";
import type { EntryDescriptor, JsonObject } from "../contract/contract.ts";
import { LuaSkillsError } from "../errors.ts";
import { type Misfit, misfitOf } from "./misfit.ts";

/** The registry keeps a schema's identity until its skill changes. */
const validatorOf = oncePer((schema: JsonObject) => new Validator(schema as Schema, "2020-12", false));
/** Enough for a model to correct all of them at once; a long array with one fault has thousands. */
const maxProblems = 5;

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
  const problems = problemsOf(schema, args);
  const [first] = problems;
  if (!first) return;
  const texts = problems.map(({ path, expected, got }) => `${path}: expected ${expected}, got ${got}`);
  throw new LuaSkillsError("invalid_argument", `arguments of ${whose}: ${texts.join("; ")}`, {
    data: { ...data, ...first, problems },
  });
}

function problemsOf(schema: JsonObject, args: JsonObject): Misfit[] {
  const instance = asJson(args);
  const { errors } = validatorOf(schema).validate(instance);
  // An error of a whole is there because of one of its parts: the parts say what is wrong.
  const leaves = errors.filter(
    ({ keyword, keywordLocation }) =>
      keyword !== "additionalProperties" &&
      !errors.some((other) => other.keywordLocation.startsWith(`${keywordLocation}/`)),
  );
  const misfits = new Map<string, Misfit>();
  for (const leaf of leaves) {
    const misfit = misfitOf(leaf, schema, instance);
    const before = misfits.get(misfit.path);
    // The branches of `anyOf` want different things of one place.
    const expected = before ? [...new Set([...before.expected.split(" or "), misfit.expected])].join(" or ") : "";
    misfits.set(misfit.path, before ? { ...misfit, expected } : misfit);
    if (misfits.size === maxProblems) break;
  }
  return [...misfits.values()];
}

/** As the arguments look in JSON: members that are undefined are not there, big integers are numbers, bytes are text. */
function asJson(value: unknown): unknown {
  if (typeof value === "bigint") return Number(value);
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Uint8Array) return "";
  if (Array.isArray(value)) return value.map((item) => (item === undefined ? null : asJson(item)));
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(members.map(([key, member]) => [key, asJson(member)]));
}
