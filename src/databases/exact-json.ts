/**
 * JSON with integers beyond 2^53 as bigint. JSON.parse does the work, unless the text holds such integers or is long: nothing
 * interrupts it.
 * @module
 */
import { floatText } from "../base/text/float-text.ts";
import { parseJsonWith } from "../base/text/parse-json.ts";
import { charge } from "../base/work.ts";

const mayHoldLongInteger = /[[:,\s]-?\d{16,}\s*(?:[,\]}]|$)|^-?\d{16,}$/;
const mayHoldWholeFloat = /\.0+[,\]}\s]|\d[eE][+-]?\d/;
const wholeNumber = /^-?\d+$/;
/** UTF-16 units: some 20 ms. A long text of one value is read faster so than by steps. */
const longestAtOnce = 2 ** 22;
const valueUnits = 20;

/** A number such as `1.0` or `1e2`, which is no integer to the native engine. */
export class WholeFloat {
  constructor(readonly value: number) {}
}

/** @throws SyntaxError of the platform, JsonSyntaxError */
export function parseExact(text: string): unknown {
  charge(text.length);
  if (text.length <= longestAtOnce && !mayHoldLongInteger.test(text)) return JSON.parse(text);
  return parseJsonWith(text, exactNumber);
}

/** {@link parseExact} with a {@link WholeFloat} where the text has one. @throws SyntaxError of the platform, JsonSyntaxError */
export function parseKeepingFloats(text: string): unknown {
  if (!mayHoldWholeFloat.test(text)) return parseExact(text);
  return parseJsonWith(text, (literal, float) =>
    Number.isInteger(float) && !wholeNumber.test(literal) ? new WholeFloat(float) : exactNumber(literal, float),
  );
}

function exactNumber(literal: string, float: number): number | bigint {
  // A million digits take seconds to convert, and fit nowhere.
  const isExact = Number.isSafeInteger(float) || !Number.isFinite(float) || !wholeNumber.test(literal);
  return isExact ? float : BigInt(literal);
}

/** Compact JSON with object keys in byte order; bigints as digits, other numbers as Rust writes them. Undefined members are left out. */
export function stringifyExact(value: unknown): string {
  charge(valueUnits);
  if (typeof value === "bigint") return value.toString();
  if (typeof value === "number") return numberText(value);
  if (Array.isArray(value)) return `[${value.map((item) => stringifyExact(item ?? null)).join(",")}]`;
  if (typeof value === "object" && value !== null) {
    const table = value as Readonly<Record<string, unknown>>;
    const names = Object.keys(table).filter((name) => table[name] !== undefined);
    names.sort((a, b) => {
      charge(valueUnits / 4);
      return compareText(a, b);
    });
    return `{${names.map((name) => `${JSON.stringify(name)}:${stringifyExact(table[name])}`).join(",")}}`;
  }
  return JSON.stringify(value);
}

function numberText(value: number): string {
  if (Number.isSafeInteger(value)) return String(value);
  return Number.isFinite(value) ? floatText(value) : "null";
}

/** UTF-8 byte order, which is code point order; UTF-16 units differ from it only where surrogates meet U+E000 and up. */
export function compareText(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const [x, y] = [a.charCodeAt(i), b.charCodeAt(i)];
    if (x !== y) return codePointRank(x) - codePointRank(y);
  }
  return a.length - b.length;
}

const codePointRank = (unit: number) => (unit < 0xd800 ? unit : unit >= 0xe000 ? unit - 0x800 : unit + 0x2000);
