/**
 * The functions of expressions (expr-lang's names).
 * @module
 */
import { JsonSyntaxError, parseJson } from "../../../base/text/parse-json.ts";
import { characterCount, indexOfText, inPieces, lastIndexOfText, splitText } from "../../../base/text/search-text.ts";
import { membersInOrder, objectOf } from "../../../base/values/members.ts";
import { charge } from "../../../base/work.ts";
import type { LuaValue } from "../../../lua/interface.ts";
import { jsonText } from "../json/json-text.ts";
import { expressionError, isExpressionError } from "./lexer.ts";
import { at, equal, listOf, mapOf, numberOf, textOf } from "./values.ts";

const longestText = 1_000_000;
const comparisonUnits = 5;
/** What a list keeps of each of its items. */
const itemBytes = 8;
/** Each item in turn: a list may be as long as memory, and hold itself again and again. */
function* each(list: readonly unknown[]): Generator<unknown> {
  for (const item of list) {
    charge(comparisonUnits, itemBytes);
    yield item;
  }
}
function* flat(list: readonly unknown[], levels: number): Generator<unknown> {
  for (const item of each(list)) {
    if (levels > 0 && Array.isArray(item)) yield* flat(item, levels - 1);
    else yield item;
  }
}
const made = <T, U>(items: Iterable<T>, make: (item: T) => U): U[] => {
  const out: U[] = [];
  for (const item of items) out.push(make(item));
  return out;
};
const numbers = (name: string, given: readonly unknown[]): number[] =>
  made(flat(given, 8), (item) => numberOf(item, name));
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

const inOrder = <T>(list: Iterable<T>, compare: (a: T, b: T) => number): T[] =>
  [...list].sort((a, b) => {
    charge(comparisonUnits);
    return compare(a, b);
  });
const sorted = (list: readonly unknown[], order: unknown, by: (value: unknown) => unknown = (value) => value) => {
  const direction = order === "desc" ? -1 : 1;
  return inOrder(each(list), (a, b) => direction * ordered(by(a), by(b)));
};
const pairsOf = (map: unknown, name: string) => membersInOrder(mapOf(map, name)).map(([key, value]) => [key, value]);
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
    const values = inOrder(some("median", numbers("median", args)), (a, b) => a - b);
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
  string: (value) => (typeof value === "object" ? jsonText(value as LuaValue) : String(value)),
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
      ? characterCount(value)
      : Array.isArray(value)
        ? value.length
        : Object.keys(mapOf(value, "len")).length,
  upper: (text) => inPieces(textOf(text), (piece) => piece.toUpperCase()),
  lower: (text) => inPieces(textOf(text), (piece) => piece.toLowerCase()),
  trim: (text, characters) =>
    characters === undefined ? textOf(text).trim() : trimmed(textOf(text), textOf(characters)),
  trimPrefix: (text, prefix) =>
    textOf(text).startsWith(textOf(prefix)) ? textOf(text).slice(textOf(prefix).length) : text,
  trimSuffix: (text, suffix) =>
    textOf(text).endsWith(textOf(suffix)) ? textOf(text).slice(0, textOf(text).length - textOf(suffix).length) : text,
  split: (text, separator) => splitText(textOf(text), textOf(separator)),
  join: (list, separator = "") => {
    const between = textOf(separator);
    return made(each(listOf(list, "join")), (item) => {
      const text = textOf(item);
      charge(1, text.length + between.length);
      return text;
    }).join(between);
  },
  replace: (text, from, to) => {
    bounded(textOf(text).length * Math.max(1, textOf(to).length));
    const parts = splitText(textOf(text), textOf(from));
    return (from === "" ? ["", ...parts, ""] : parts).join(textOf(to));
  },
  repeat: (text, count) => {
    bounded(textOf(text).length * numberOf(count, "repeat"));
    return textOf(text).repeat(Math.max(0, numberOf(count, "repeat")));
  },
  indexOf: (text, part) => indexOfText(textOf(text), textOf(part)),
  lastIndexOf: (text, part) => lastIndexOfText(textOf(text), textOf(part)),
  hasPrefix: (text, part) => textOf(text).startsWith(textOf(part)),
  hasSuffix: (text, part) => textOf(text).endsWith(textOf(part)),
  first: (list) => listOf(list, "first")[0] ?? null,
  last: (list) => listOf(list, "last").at(-1) ?? null,
  take: (list, count) => listOf(list, "take").slice(0, numberOf(count, "take")),
  reverse: (list) => [...each(listOf(list, "reverse"))].reverse(),
  concat: (...lists) => [
    ...flat(
      made(lists, (list) => listOf(list, "concat")),
      1,
    ),
  ],
  flatten: (list) => [...flat(listOf(list, "flatten"), 32)],
  uniq: (list) => listOf(list, "uniq").filter((each, i, all) => !seenBefore(all, each, i)),
  sort: (list, order) => sorted(listOf(list, "sort"), order),
  keys: (map) => pairsOf(map, "keys").map(([key]) => key),
  values: (map) => pairsOf(map, "values").map(([, value]) => value),
  toPairs: (map) => pairsOf(map, "toPairs"),
  fromPairs: (pairs) =>
    objectOf(
      made(each(listOf(pairs, "fromPairs")), (pair) => {
        const [key, value] = listOf(pair, "fromPairs");
        return [textOf(key), value] as const;
      }),
    ),
  get: (of, key) => {
    try {
      return at(of, key) ?? null;
    } catch (error) {
      if (isExpressionError(error)) return null;
      throw error;
    }
  },
  toJSON: (value) => jsonText(value as LuaValue),
  fromJSON: (text) => {
    try {
      return parseJson(textOf(text));
    } catch (error) {
      if (!(error instanceof JsonSyntaxError)) throw error;
      throw expressionError("fromJSON: the text is not JSON");
    }
  },
};

function trimmed(text: string, characters: string): string {
  const known = new Set(splitText(characters, ""));
  let [from, to] = [0, text.length];
  const isKnown = (at: number) => {
    charge(comparisonUnits);
    return known.has(text[at] ?? "");
  };
  while (from < to && isKnown(from)) from++;
  while (to > from && isKnown(to - 1)) to--;
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
      charge(comparisonUnits, itemBytes);
      const key = textOf(each(item));
      const group = groups.get(key);
      if (group) group.push(item);
      else groups.set(key, [item]);
    }
    return objectOf(groups);
  },
  reduce: (items, each, rest) =>
    rest.length > 0
      ? items.reduce((sofar, item) => each(item, { "#acc": sofar, $acc: sofar }), rest[0])
      : items.slice(1).reduce((sofar, item) => each(item, { "#acc": sofar, $acc: sofar }), items[0]),
};
