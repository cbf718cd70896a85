/**
 * All places where a value and a JSON Schema differ.
 * @module
 */
import { type Schema, Validator } from "@cfworker/json-schema";
import { oncePer } from "../base/once-per.ts";
import { type Misfit, misfitOf } from "./misfit.ts";

/** The registry keeps a schema's identity until its skill changes. */
const validatorOf = oncePer((schema: object) => new Validator(schema as Schema, "2020-12", false));
/** Enough for a model to correct all of them at once; a long array with one fault has thousands. */
const maxProblems = 5;

/** At most five; `whole` is what a problem of the whole value is called. */
export function misfitsOf(schema: object, value: unknown, whole: string): Misfit[] {
  const instance = asJson(value);
  const { errors } = validatorOf(schema).validate(instance);
  // An error of a whole is there because of one of its parts: the parts say what is wrong.
  const leaves = errors.filter(
    ({ keyword, keywordLocation }) =>
      keyword !== "additionalProperties" &&
      !errors.some((other) => other.keywordLocation.startsWith(`${keywordLocation}/`)),
  );
  const misfits = new Map<string, Misfit>();
  for (const leaf of leaves) {
    const misfit = misfitOf(leaf, schema, instance, whole);
    const before = misfits.get(misfit.path);
    // The branches of `anyOf` want different things of one place.
    const expected = before ? [...new Set([...before.expected.split(" or "), misfit.expected])].join(" or ") : "";
    misfits.set(misfit.path, before ? { ...misfit, expected } : misfit);
    if (misfits.size === maxProblems) break;
  }
  return [...misfits.values()];
}

export function misfitText(misfits: readonly Misfit[]): string {
  return misfits.map(({ path, expected, got }) => `${path}: expected ${expected}, got ${got}`).join("; ");
}

/** As the value looks in JSON: members that are undefined are not there, big integers are numbers, bytes are text. */
function asJson(value: unknown): unknown {
  if (typeof value === "bigint") return Number(value);
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Uint8Array) return "";
  if (Array.isArray(value)) return value.map((item) => (item === undefined ? null : asJson(item)));
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(members.map(([key, member]) => [key, asJson(member)]));
}
