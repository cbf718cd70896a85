/**
 * All places where a value and a JSON Schema differ.
 * @module
 */
import { pathText } from "../schema/problem.ts";
import type { SchemaValidator } from "../schema/validator.ts";

/** One place where value and schema differ. */
export type Misfit = {
  /** `items[0].name`; `arguments`, or what the caller says, for the whole. */
  readonly path: string;
  readonly expected: string;
  readonly got: string;
};

/** Enough for a model to correct all of them at once; a long array with one fault has thousands. */
const maxProblems = 5;

/** At most five; `whole` is what a problem of the whole value is called. @throws LuaSkillsError as `validator.problems` */
export function misfitsOf(validator: SchemaValidator, value: unknown, whole: string): Misfit[] {
  const found = new Map<string, Misfit>();
  for (const { path: at, expected: wanted, got } of validator.problems(asJson(value))) {
    const path = pathText(at, whole);
    const before = found.get(path);
    // The branches of `anyOf` want different things of one place.
    const expected = before ? [...new Set([...before.expected.split(" or "), wanted])].join(" or ") : wanted;
    found.set(path, before ? { ...before, expected } : { path, expected, got });
    if (found.size === maxProblems) break;
  }
  return [...found.values()];
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
