/**
 * Conditions of policies: one field compared with a value, or with another field.
 * @module
 */
import { messageOf } from "../base/message-of.ts";
import type { PlainValue } from "../base/plain-value.ts";
import { compileRegExp } from "../base/text/linear-regexp/linear-regexp.ts";
import type { Condition, ConditionOperator } from "../contract/security.ts";
import { LuaSkillsError } from "../errors.ts";
import { type AccessRequest, factOf, isFactField } from "./facts.ts";
import type { TextTest } from "./pattern.ts";

const conditionOperators = [
  "eq",
  "ne",
  "lt",
  "gt",
  "lte",
  "gte",
  "in",
  "nin",
  "exists",
  "nexists",
  "contains",
  "ncontains",
  "matches",
  "nmatches",
] as const satisfies readonly ConditionOperator[];

export type ConditionTest = (request: AccessRequest) => boolean;

/** @throws LuaSkillsError `invalid_argument` naming the policy and the member */
export function compileCondition(condition: Condition, policy: string): ConditionTest {
  const { field, operator, value, value_from: from } = condition;
  const refuse = (text: string) => new LuaSkillsError("invalid_argument", `policy "${policy}": ${text}`);
  if (typeof field !== "string" || !isFactField(field)) {
    throw refuse(
      `a condition needs a field such as actor.id, actor.meta.x, action, resource or meta.x, got ${JSON.stringify(field)}`,
    );
  }
  if (!conditionOperators.includes(operator)) {
    throw refuse(`unknown operator ${JSON.stringify(operator)}; known: ${conditionOperators.join(", ")}`);
  }
  if (from !== undefined && (typeof from !== "string" || !isFactField(from))) {
    throw refuse(`value_from must name a field, got ${JSON.stringify(from)}`);
  }
  if (operator === "exists" || operator === "nexists") {
    const wanted = (operator === "exists") === (value !== false);
    return (request) => isMissing(factOf(request, field)) !== wanted;
  }
  if (operator === "matches" || operator === "nmatches") {
    const wanted = operator === "matches";
    const fixed = from === undefined ? pattern(value, refuse) : undefined;
    return (request) => {
      const actual = factOf(request, field);
      const expression = from === undefined ? fixed : patternOrNone(factOf(request, from));
      if (typeof actual !== "string" || !expression) return false;
      return expression(actual) === wanted;
    };
  }
  const compare = comparisons[operator];
  return (request) => {
    const actual = factOf(request, field);
    const expected = from === undefined ? value : factOf(request, from);
    return !isMissing(actual) && !(from !== undefined && isMissing(expected)) && compare(actual, expected);
  };
}

const isMissing = (value: PlainValue) => value === undefined || value === null;

type Comparison = (actual: PlainValue, expected: PlainValue) => boolean;

const comparisons: Readonly<
  Record<Exclude<ConditionOperator, "exists" | "nexists" | "matches" | "nmatches">, Comparison>
> = {
  eq: equal,
  ne: (a, b) => !equal(a, b),
  lt: (a, b) => order(a, b, (sign) => sign < 0),
  gt: (a, b) => order(a, b, (sign) => sign > 0),
  lte: (a, b) => order(a, b, (sign) => sign <= 0),
  gte: (a, b) => order(a, b, (sign) => sign >= 0),
  in: (a, b) => Array.isArray(b) && b.some((each) => equal(a, each)),
  nin: (a, b) => Array.isArray(b) && !b.some((each) => equal(a, each)),
  contains,
  ncontains: (a, b) => (typeof a === "string" || Array.isArray(a)) && !contains(a, b),
};

function contains(actual: PlainValue, wanted: PlainValue): boolean {
  if (typeof actual === "string") return typeof wanted === "string" && actual.includes(wanted);
  return Array.isArray(actual) && actual.some((each) => equal(each, wanted));
}

function equal(a: PlainValue, b: PlainValue): boolean {
  if (a === b) return true;
  if (isNumber(a) && isNumber(b)) return Number(a) === Number(b);
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = Object.keys(a);
  const [left, right] = [a, b] as unknown as Record<string, PlainValue>[];
  return keys.length === Object.keys(b).length && keys.every((key) => equal(left?.[key], right?.[key]));
}

function order(a: PlainValue, b: PlainValue, holds: (sign: number) => boolean): boolean {
  if (isNumber(a) && isNumber(b)) return holds(a < b ? -1 : a > b ? 1 : 0);
  if (typeof a === "string" && typeof b === "string") return holds(a < b ? -1 : a > b ? 1 : 0);
  return false;
}

const isNumber = (value: PlainValue): value is number | bigint =>
  typeof value === "number" || typeof value === "bigint";

function pattern(value: PlainValue, refuse: (text: string) => LuaSkillsError): TextTest {
  if (typeof value !== "string") throw refuse(`a pattern must be a string, got ${typeof value}`);
  try {
    return compilePattern(value);
  } catch (error) {
    throw refuse(`the pattern is not valid: ${messageOf(error)}`);
  }
}

function patternOrNone(value: PlainValue): TextTest | undefined {
  if (typeof value !== "string") return undefined;
  try {
    return compilePattern(value);
  } catch {
    // The text of a fact that is no pattern matches nothing: a comparison with it is false.
    return undefined;
  }
}

/** Classes are ASCII's, as they are for RE2. */
const compilePattern = (source: string): TextTest => compileRegExp(source, "-u");
