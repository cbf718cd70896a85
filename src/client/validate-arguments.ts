/**
 * Arguments held against an entry's schema before the call. Loaded with the first call that asks for it.
 * @module
 */
import type { EntryDescriptor, JsonObject } from "../contract/contract.ts";
import { LuaSkillsError } from "../errors.ts";
import { type Problem, pathText } from "../schema/problem.ts";
import { schemaValidators } from "../schema/validator.ts";

/** One place where arguments and schema differ. */
type Misfit = {
  /** `items[0].name`; `arguments` for the whole. */
  readonly path: string;
  readonly expected: string;
  readonly got: string;
};

/** The registry keeps a schema's identity until its skill changes. */
const validatorOf = schemaValidators();
/** Enough for a model to correct all of them at once; a long array with one fault has thousands. */
const maxProblems = 5;

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
  const problems = misfits(await problemsOf(schema, whose, args, data));
  const [first] = problems;
  if (!first) return;
  const texts = problems.map(({ path, expected, got }) => `${path}: expected ${expected}, got ${got}`);
  throw new LuaSkillsError("invalid_argument", `arguments of ${whose}: ${texts.join("; ")}`, {
    data: { ...data, ...first, problems },
  });
}

async function problemsOf(schema: JsonObject, whose: string, args: JsonObject, data: JsonObject): Promise<Problem[]> {
  try {
    return (await validatorOf(schema)).problems(asJson(args));
  } catch (thrown) {
    const error = LuaSkillsError.from(thrown);
    const details = { data: { ...data, ...error.data }, cause: error };
    // Who calls cannot mend a schema.
    if (error.code === "invalid_argument")
      throw new LuaSkillsError("invalid_manifest", `the schema of ${whose} cannot be used: ${error.message}`, details);
    throw new LuaSkillsError(error.code, `arguments of ${whose}: ${error.message}`, details);
  }
}

function misfits(problems: readonly Problem[]): Misfit[] {
  const found = new Map<string, Misfit>();
  for (const { path: at, expected: wanted, got } of problems) {
    const path = pathText(at, "arguments");
    const before = found.get(path);
    // The branches of `anyOf` want different things of one place.
    const expected = before ? [...new Set([...before.expected.split(" or "), wanted])].join(" or ") : wanted;
    found.set(path, before ? { ...before, expected } : { path, expected, got });
    if (found.size === maxProblems) break;
  }
  return [...found.values()];
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
