/**
 * JSON with integers beyond 2^53 as bigint. JSON.parse does the work; only texts that hold such integers pay for them.
 * @module
 */
import { floatText } from "../base/float-text.ts";

const mayHoldLongInteger = /[[:,\s]-?\d{16,}\s*(?:[,\]}]|$)|^-?\d{16,}$/;
const stringOrNumber = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
const longInteger = /^-?\d{16,}$/;
const mayHoldWholeFloat = /\.0+[,\]}\s]|\d[eE][+-]?\d/;
const wholeNumber = /^-?\d+$/;
/** A key no request uses; stands for a number the parser cannot hold. */
const tag = "\u0000number";

/** A number such as `1.0` or `1e2`, which is no integer to the native engine. */
export class WholeFloat {
  constructor(readonly value: number) {}
}

/** @throws SyntaxError of the platform */
export function parseExact(text: string): unknown {
  return mayHoldLongInteger.test(text) ? parseTagged(text, false) : JSON.parse(text);
}

/** {@link parseExact} with a {@link WholeFloat} where the text has one. @throws SyntaxError of the platform */
export function parseKeepingFloats(text: string): unknown {
  return mayHoldWholeFloat.test(text) ? parseTagged(text, true) : parseExact(text);
}

function parseTagged(text: string, keepFloats: boolean): unknown {
  const tagged = text.replace(stringOrNumber, (token) => {
    const isTagged = longInteger.test(token)
      ? !Number.isSafeInteger(Number(token))
      : keepFloats && token[0] !== '"' && !wholeNumber.test(token) && Number.isInteger(Number(token));
    return isTagged ? `{"\\u0000number":"${token}"}` : token;
  });
  return JSON.parse(tagged, (_key, value: unknown) => {
    if (typeof value !== "object" || value === null || !(tag in value)) return value;
    const token = String(value[tag]);
    return longInteger.test(token) ? BigInt(token) : new WholeFloat(Number(token));
  });
}

/** Compact JSON with object keys in byte order; bigints as digits, other numbers as Rust writes them. Undefined members are left out. */
export function stringifyExact(value: unknown): string {
  if (typeof value === "bigint") return value.toString();
  if (typeof value === "number") return numberText(value);
  if (Array.isArray(value)) return `[${value.map((item) => stringifyExact(item ?? null)).join(",")}]`;
  if (typeof value === "object" && value !== null) {
    const members = Object.entries(value).filter(([, member]) => member !== undefined);
    members.sort(([a], [b]) => compareText(a, b));
    return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${stringifyExact(member)}`).join(",")}}`;
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
