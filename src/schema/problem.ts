/**
 * One place where data and schema differ, told in words.
 * @module
 */
import { isObject } from "../base/is-object.ts";
import { shown } from "./values.ts";

export interface Problem {
  readonly keyword: string;
  /** Names and indexes from the whole to the place. */
  readonly path: readonly string[];
  readonly expected: string;
  /** The value with its type, short; `nothing` when it is not there. */
  readonly got: string;
}

const bounds: Readonly<Record<string, string>> = {
  minimum: "a number of at least",
  maximum: "a number of at most",
  exclusiveMinimum: "a number above",
  exclusiveMaximum: "a number below",
  multipleOf: "a multiple of",
  minLength: "a text with a length of at least",
  maxLength: "a text with a length of at most",
  pattern: "a text that matches",
  format: "a text of the format",
  minItems: "an array with a length of at least",
  maxItems: "an array with a length of at most",
  minProperties: "an object whose number of members is at least",
  maxProperties: "an object whose number of members is at most",
};
const others: Readonly<Record<string, string>> = {
  uniqueItems: "an array without equal items",
  not: "something else: this is what the schema excludes",
  contains: "an array with more items of the wanted kind",
  minContains: "an array with more items of the wanted kind",
  maxContains: "an array with fewer items of that kind",
  oneOf: "what fits only one of the alternatives; it fits several",
  propertyNames: "another name",
};

/** @param rule the value of the keyword */
export function problemOf(keyword: string, rule: unknown, value: unknown, path: readonly string[]): Problem {
  return { keyword, path: [...path], expected: expectation(keyword, rule), got: shown(value) };
}

export function missing(member: string, schema: unknown, path: readonly string[]): Problem {
  const type = isObject(schema) ? typeText(schema.type) : undefined;
  return { keyword: "required", path: [...path, member], expected: type ?? "a value", got: "nothing" };
}

/** @param known names that are allowed */
export function notWanted(keyword: string, known: readonly string[], value: unknown, path: readonly string[]): Problem {
  const named = known.length > 0 ? ` (known: ${known.join(", ")})` : "";
  return { keyword, path: [...path], expected: `no such member${named}`, got: shown(value) };
}

/** `items[0].name`; `whole` for no path. */
export function pathText(path: readonly string[], whole: string): string {
  const text = path.map((step) => (/^\d+$/.test(step) ? `[${step}]` : `.${step}`)).join("");
  return text.replace(/^\./, "") || whole;
}

function expectation(keyword: string, rule: unknown): string {
  if (keyword === "type") return typeText(rule) ?? "a type";
  if (keyword === "enum" && Array.isArray(rule)) return `one of ${rule.map((each) => JSON.stringify(each)).join(", ")}`;
  if (keyword === "const") return JSON.stringify(rule);
  const bound = bounds[keyword];
  return bound === undefined ? (others[keyword] ?? "no such member") : `${bound} ${String(rule)}`;
}

function typeText(type: unknown): string | undefined {
  if (Array.isArray(type)) return type.join(" or ");
  return typeof type === "string" ? type : undefined;
}
