/** The scalar functions a filter may call (databases.md §13.1). */

import { compileRegExp } from "../../base/text/linear-regexp/linear-regexp.ts";
import { characterCount, charactersOf, indexOfText, inPieces, splitText } from "../../base/text/search-text.ts";
import { comparable, compareValues } from "./comparison.ts";
import { bounded, constant, derived, type Expression, type Kind, strict, want } from "./expression.ts";
import { FilterError } from "./filter-error.ts";
import { fits, int32 } from "./integer-type.ts";
import { valueText } from "./value-text.ts";

interface FilterFunction {
  /** Number of arguments: at least, at most. */
  readonly arity: readonly [low: number, high: number];
  build(args: readonly Expression[], name: string): Expression;
}

const numbers: readonly Kind[] = ["integer", "float"];
const printable: readonly Kind[] = ["text", "integer", "float", "boolean"];

/** A function of texts; unknown when an argument is. */
function ofText(kind: Kind, count: number, compute: (...texts: string[]) => boolean | number | string): FilterFunction {
  return {
    arity: [count, count],
    build(args, name) {
      for (const arg of args) want(arg, ["text"], `an argument of ${name}`);
      return strict(kind, args, (...values) => compute(...values.map(String)));
    },
  };
}

/** A function that makes a float whole and leaves integers alone. */
function rounding(compute: (x: number) => number): FilterFunction {
  return {
    arity: [1, 1],
    build([item], name) {
      const arg = needed(item);
      want(arg, numbers, `the argument of ${name}`);
      return arg.kind === "float" ? strict("float", [arg], (x) => compute(Number(x))) : arg;
    },
  };
}

const substring: FilterFunction = {
  arity: [2, 3],
  build([text, from, length], name) {
    want(needed(text), ["text"], `the first argument of ${name}`);
    for (const arg of [from, length]) if (arg) want(arg, ["integer"], `a position of ${name}`);
    const inputs = [text, from, length].flatMap((arg) => arg ?? []);
    return strict("text", inputs, (value, start, count) => {
      const first = Number(start) - 1;
      if (count !== undefined && Number(count) < 0) throw new FilterError(`${name} of a negative length`);
      const end = count === undefined ? undefined : Math.max(0, first + Number(count));
      return charactersOf(String(value)).slice(Math.max(0, first), end).join("");
    });
  },
};

/** The one function of texts that takes other values as their text. */
const characters: FilterFunction = {
  arity: [1, 1],
  build([item], name) {
    const arg = needed(item);
    want(arg, printable, `the argument of ${name}`);
    return { ...strict("integer", [arg], (value) => characterCount(valueText(value, arg))), integer: int32 };
  },
};

/** Linear, whatever is in the text. */
function withoutOuterSpaces(text: string): string {
  let start = 0;
  let end = text.length;
  while (text.charCodeAt(start) === 0x20) start++;
  while (end > start && text.charCodeAt(end - 1) === 0x20) end--;
  return text.slice(start, end);
}

const functions = new Map<string, FilterFunction>([
  ["lower", ofText("text", 1, (text = "") => inPieces(text, (piece) => piece.toLowerCase()))],
  ["upper", ofText("text", 1, (text = "") => inPieces(text, (piece) => piece.toUpperCase()))],
  ["trim", ofText("text", 1, (text = "") => withoutOuterSpaces(text))],
  ["length", characters],
  ["char_length", characters],
  ["character_length", characters],
  ["substr", substring],
  ["substring", substring],
  ["starts_with", ofText("boolean", 2, (text = "", part = "") => text.startsWith(part))],
  ["ends_with", ofText("boolean", 2, (text = "", part = "") => text.endsWith(part))],
  ["contains", ofText("boolean", 2, (text = "", part = "") => indexOfText(text, part) >= 0)],
  [
    "strpos",
    ofText("integer", 2, (text = "", part = "") => characterCount(text.slice(0, indexOfText(text, part) + 1))),
  ],
  [
    "replace",
    ofText("text", 3, (text = "", from = "", to = "") => {
      const parts = from === "" ? ["", ...charactersOf(text), ""] : splitText(text, from);
      bounded(text.length + (parts.length - 1) * to.length);
      return parts.join(to);
    }),
  ],
  ["floor", rounding(Math.floor)],
  ["ceil", rounding(Math.ceil)],
  [
    "round",
    {
      arity: [1, 2],
      build([item, digits], name) {
        const arg = needed(item);
        want(arg, numbers, `the argument of ${name}`);
        if (digits) want(digits, ["integer"], `the digits of ${name}`);
        if (arg.kind !== "float" && !digits) return arg;
        const rounded = strict("float", [arg, digits ?? constant("integer", 0)], (x, places) => {
          const value = roundHalfAway(Number(x), Number(places));
          return arg.single ? Math.fround(value) : value;
        });
        return arg.single ? { ...rounded, single: true } : rounded;
      },
    },
  ],
  [
    "abs",
    {
      arity: [1, 1],
      build([item], name) {
        const arg = needed(item);
        want(arg, numbers, `the argument of ${name}`);
        const { integer: type, single } = arg;
        const size = strict(arg.kind, [arg], (x) => {
          const value = typeof x === "bigint" ? (x < 0n ? -x : x) : Math.abs(Number(x));
          if (type && !fits(type, value)) throw new FilterError(`${type.name} overflow on abs(${x})`);
          return value;
        });
        return { ...size, ...(type ? { integer: type } : {}), ...(single ? { single } : {}) };
      },
    },
  ],
  [
    "concat",
    {
      arity: [1, 100],
      build(args, name) {
        for (const arg of args) want(arg, printable, `an argument of ${name}`);
        // Unlike ||, concat leaves unknown parts out.
        return derived("text", args, (row) => {
          const texts = args.map((arg) => ((value) => (value === null ? "" : valueText(value, arg)))(arg.at(row)));
          bounded(texts.reduce((length, text) => length + text.length, 0));
          return texts.join("");
        });
      },
    },
  ],
  [
    "coalesce",
    {
      arity: [1, 100],
      build(args) {
        const first = args.find((arg) => arg.kind !== "null") ?? needed(args[0]);
        for (const arg of args) comparable(first, arg);
        const kind = args.some((arg) => arg.kind === "float") ? "float" : first.kind;
        return derived(kind, args, (row) => {
          for (const arg of args) {
            const value = arg.at(row);
            if (value !== null) return value;
          }
          return null;
        });
      },
    },
  ],
  [
    "nullif",
    {
      arity: [2, 2],
      build([item, other]) {
        const [left, right] = comparable(needed(item), needed(other));
        return derived(left.kind, [left, right], (row) => {
          const [a, b] = [left.at(row), right.at(row)];
          return a !== null && b !== null && compareValues(a, b) === 0 ? null : a;
        });
      },
    },
  ],
  [
    "is_valid",
    {
      arity: [1, 1],
      build([item]) {
        const arg = needed(item);
        return derived("boolean", [arg], (row) => arg.at(row) !== null);
      },
    },
  ],
  [
    "regexp_match",
    {
      arity: [2, 3],
      build([text, pattern, flags], name) {
        const item = needed(text);
        want(item, printable, `the first argument of ${name}`);
        const fixed = pattern?.constant?.value;
        const options = flags ? flags.constant?.value : "";
        // Natively it answers a list of groups, which counts as true where there is one: never unknown.
        if (fixed === null || options === null) return constant("boolean", false);
        if (typeof fixed !== "string" || typeof options !== "string") {
          throw new FilterError(`${name} needs its pattern and flags as literals`);
        }
        const matches = expression(fixed, options);
        return derived("boolean", [item], (row) => {
          const value = item.at(row);
          return value !== null && matches(valueText(value, item));
        });
      },
    },
  ],
]);

/** @throws FilterError */
export function callFunction(name: string, args: readonly Expression[]): Expression {
  const found = functions.get(name);
  if (!found) throw new FilterError(`unsupported filter function: ${name}`);
  const [low, high] = found.arity;
  if (args.length < low || args.length > high) {
    throw new FilterError(`${name} takes ${low === high ? low : `${low} to ${high}`} arguments, got ${args.length}`);
  }
  return found.build(args, name);
}

function needed(arg: Expression | undefined): Expression {
  if (!arg) throw new FilterError("a function lacks an argument");
  return arg;
}

function expression(pattern: string, flags: string): (text: string) => boolean {
  try {
    return compileRegExp(pattern, flags);
  } catch (error) {
    if (error instanceof SyntaxError) throw new FilterError(error.message);
    throw error;
  }
}

function roundHalfAway(x: number, places: number): number {
  const factor = 10 ** places;
  return (Math.sign(x) * Math.round(Math.abs(x) * factor)) / factor;
}
