/**
 * JSON with integers beyond 2^53 as bigint. JSON.parse does the work; only texts that hold such integers pay for them.
 * @module
 */
import { floatText } from "./float-text.ts";

const mayHoldLongInteger = /[[:,\s]-?\d{16,}\s*(?:[,\]}]|$)|^-?\d{16,}$/;
const stringOrNumber = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
const longInteger = /^-?\d{16,}$/;
/** A key no request uses; the parser's stand-in for an integer it cannot hold. */
const tag = "\u0000integer";

/** @throws SyntaxError of the platform */
export function parseExact(text: string): unknown {
  if (!mayHoldLongInteger.test(text)) return JSON.parse(text);
  const tagged = text.replace(stringOrNumber, (token) =>
    longInteger.test(token) && !Number.isSafeInteger(Number(token)) ? `{"\\u0000integer":"${token}"}` : token,
  );
  return JSON.parse(tagged, (_key, value: unknown) =>
    typeof value === "object" && value !== null && tag in value ? BigInt(String(value[tag])) : value,
  );
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
