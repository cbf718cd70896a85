/**
 * The functions of expressions (expr-lang's names).
 * @module
 */
import { charge } from "../../../base/work.ts";
import { expressionError, isExpressionError } from "./lexer.ts";
import { at, equal, listOf, mapOf, numberOf, textOf } from "./values.ts";

const longestText = 1_000_000;
const comparisonUnits = 5;
const numbers = (name: string, given: readonly unknown[]): number[] =>
  given.flat(8).map((each) => numberOf(each, name));
const sum = (values: readonly number[]) => values.reduce((total, each) => total + each, 0);
const least = (values: readonly number[]) =>
  values.reduce((low, each) => Math.min(low, each), Number.POSITIVE_INFINITY);
const most = (values: readonly number[]) =>
  values.reduce((high, each) => Math.max(high, each), Number.NEGATIVE_INFINITY);
const some = (name: string, values: readonly number[]) => {
  if (values.length > 0) return values;
  throw expressionError(`${name} takes at least one number`);
};
const ordered = (a: unknown, b: unknown): number =>
  typeof a === "string" && typeof b === "string"
    ? a < b
      ? -1
      : Number(a > b)
    : numberOf(a, "sort") - numberOf(b, "sort");
/** Among the first `count`. */
function seenBefore(list: readonly unknown[], value: unknown, count: number): boolean {
  for (let i = 0; i < count; i++) {
    charge(comparisonUnits);
    if (equal(list[i], value)) return true;
  }
  return false;
}

const sorted = (list: readonly unknown[], order: unknown, by: (value: unknown) => unknown = (value) => value) => {
  const direction = order === "desc" ? -1 : 1;
  return [...list].sort((a, b) => direction * ordered(by(a), by(b)));
};
const bounded = (length: number) => {
  if (length > longestText) throw expressionError(`a text has at most ${longestText} characters`);
};

export const functions: Readonly<Record<string, (...args: unknown[]) => unknown>> = {
  abs: (value) => Math.abs(numberOf(value, "abs")),
  ceil: (value) => Math.ceil(numberOf(value, "ceil")),
  floor: (value) => Math.floor(numberOf(value, "floor")),
  round: (value) => Math.sign(numberOf(value, "round")) * Math.round(Math.abs(numberOf(value, "round"))),
  max: (...args) => most(some("max", numbers("max", args))),
  min: (...args) => least(some("min", numbers("min", args))),
  mean: (...args) => {
    const values = some("mean", numbers("mean", args));
    return sum(values) / values.length;
  },
  median: (...args) => {
    const values = [...some("median", numbers("median", args))].sort((a, b) => a - b);
    const middle = values.length >> 1;
    return values.length % 2 === 1 ? values[middle] : ((values[middle - 1] ?? 0) + (values[middle] ?? 0)) / 2;
  },
  int: (value) => {
    const whole = typeof value === "string" ? Number(value.trim() || Number.NaN) : numberOf(value, "int");
    if (Number.isNaN(whole)) throw expressionError(`int takes a number, got ${JSON.stringify(value)}`);
    return Math.trunc(whole);
  },
  float: (value) => {
    const number = typeof value === "string" ? Number(value.trim() || Number.NaN) : numberOf(value, "float");
    if (Number.isNaN(number)) throw expressionError(`float takes a number, got ${JSON.stringify(value)}`);
    return number;
  },
  string: (value) => (typeof value === "object" ? JSON.stringify(value) : String(value)),
  type: (value) =>
    value === null || value === undefined
      ? "nil"
      : Array.isArray(value)
        ? "array"
        : typeof value === "object"
          ? "map"
          : typeof value === "boolean"
            ? "bool"
            : typeof value === "number"
              ? Number.isInteger(value)
                ? "int"
                : "float"
              : "string",
  len: (value) =>
    typeof value === "string"
      ? [...value].length
      : Array.isArray(value)
        ? value.length
        : Object.keys(mapOf(value, "len")).length,
  upper: (text) => textOf(text).toUpperCase(),
  lower: (text) => textOf(text).toLowerCase(),
  trim: (text, characters) =>
    characters === undefined ? textOf(text).trim() : trimmed(textOf(text), textOf(characters)),
  trimPrefix: (text, prefix) =>
    textOf(text).startsWith(textOf(prefix)) ? textOf(text).slice(textOf(prefix).length) : text,
  trimSuffix: (text, suffix) =>
    textOf(text).endsWith(textOf(suffix)) ? textOf(text).slice(0, textOf(text).length - textOf(suffix).length) : text,
  split: (text, separator) => textOf(text).split(textOf(separator)),
  join: (list, separator = "") => listOf(list, "join").map(textOf).join(textOf(separator)),
  replace: (text, from, to) => {
    bounded(textOf(text).length * Math.max(1, textOf(to).length));
    return textOf(text).replaceAll(textOf(from), () => textOf(to));
  },
  repeat: (text, count) => {
    bounded(textOf(text).length * numberOf(count, "repeat"));
    return textOf(text).repeat(Math.max(0, numberOf(count, "repeat")));
  },
  indexOf: (text, part) => textOf(text).indexOf(textOf(part)),
  lastIndexOf: (text, part) => textOf(text).lastIndexOf(textOf(part)),
  hasPrefix: (text, part) => textOf(text).startsWith(textOf(part)),
  hasSuffix: (text, part) => textOf(text).endsWith(textOf(part)),
  first: (list) => listOf(list, "first")[0] ?? null,
  last: (list) => listOf(list, "last").at(-1) ?? null,
  take: (list, count) => listOf(list, "take").slice(0, numberOf(count, "take")),
  reverse: (list) => [...listOf(list, "reverse")].reverse(),
  concat: (...lists) => lists.flatMap((list) => listOf(list, "concat")),
  flatten: (list) => listOf(list, "flatten").flat(32),
  uniq: (list) => listOf(list, "uniq").filter((each, i, all) => !seenBefore(all, each, i)),
  sort: (list, order) => sorted(listOf(list, "sort"), order),
  keys: (map) => Object.keys(mapOf(map, "keys")).sort(),
  values: (map) =>
    Object.entries(mapOf(map, "values"))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, value]) => value),
  toPairs: (map) => Object.entries(mapOf(map, "toPairs")).sort(([a], [b]) => (a < b ? -1 : 1)),
  fromPairs: (pairs) =>
    Object.fromEntries(
      listOf(pairs, "fromPairs").map((pair) => [textOf(listOf(pair, "fromPairs")[0]), listOf(pair, "fromPairs")[1]]),
    ),
  get: (of, key) => {
    try {
      return at(of, key) ?? null;
    } catch (error) {
      if (isExpressionError(error)) return null;
      throw error;
    }
  },
  toJSON: (value) => JSON.stringify(value),
  fromJSON: (text) => {
    try {
      return JSON.parse(textOf(text)) as unknown;
    } catch {
      throw expressionError("fromJSON: the text is not JSON");
    }
  },
};

function trimmed(text: string, characters: string): string {
  let [from, to] = [0, text.length];
  while (from < to && characters.includes(text[from] as string)) from++;
  while (to > from && characters.includes(text[to - 1] as string)) to--;
  return text.slice(from, to);
}

type Each = (item: unknown, names?: Readonly<Record<string, unknown>>) => unknown;
type Predicate = (items: readonly unknown[], each: Each, rest: readonly unknown[]) => unknown;

/** Their second argument is run for each item: `filter(list, # > 1)`. */
export const predicates: Readonly<Record<string, Predicate>> = {
  all: (items, each) => items.every((item) => each(item) === true),
  any: (items, each) => items.some((item) => each(item) === true),
  none: (items, each) => !items.some((item) => each(item) === true),
  one: (items, each) => items.filter((item) => each(item) === true).length === 1,
  filter: (items, each) => items.filter((item) => each(item) === true),
  map: (items, each) => items.map((item, i) => each(item, { $index: i }) ?? null),
  count: (items, each) => items.filter((item) => each(item) === true).length,
  find: (items, each) => items.find((item) => each(item) === true) ?? null,
  findIndex: (items, each) => items.findIndex((item) => each(item) === true),
  findLast: (items, each) => items.findLast((item) => each(item) === true) ?? null,
  findLastIndex: (items, each) => items.findLastIndex((item) => each(item) === true),
  sum: (items, each) =>
    sum(
      numbers(
        "sum",
        items.map((item) => each(item)),
      ),
    ),
  sortBy: (items, each, [order]) => sorted(items, order, (item) => each(item)),
  groupBy: (items, each) => {
    const groups = new Map<string, unknown[]>();
    for (const item of items) {
      const key = textOf(each(item));
      groups.set(key, [...(groups.get(key) ?? []), item]);
    }
    return Object.fromEntries(groups);
  },
  reduce: (items, each, rest) =>
    rest.length > 0
      ? items.reduce((sofar, item) => each(item, { "#acc": sofar, $acc: sofar }), rest[0])
      : items.slice(1).reduce((sofar, item) => each(item, { "#acc": sofar, $acc: sofar }), items[0]),
};
