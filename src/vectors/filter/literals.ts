import { compactInteger } from "../table/row-batch.ts";
import type { Node } from "./ast.ts";
import { FilterError } from "./filter-error.ts";

type Literal = Extract<Node, { node: "literal" }>;

const u64High = 2n ** 64n - 1n;

/** Integers that fit 64 bits stay integers, everything else is a float. */
export function numberLiteral(text: string): Literal {
  if (/^\d+$/.test(text) && BigInt(text) <= u64High) {
    return { node: "literal", kind: "integer", value: compactInteger(BigInt(text)) };
  }
  return { node: "literal", kind: "float", value: Number(text) };
}

export function dateLiteral(text: string): Literal {
  const value = parseDate(text);
  if (value === undefined) throw new FilterError(`'${text}' is not a date (YYYY-MM-DD)`);
  return { node: "literal", kind: "date", value };
}

export function timestampLiteral(text: string): Literal {
  const value = parseTimestamp(text);
  if (value === undefined) throw new FilterError(`'${text}' is not a timestamp (YYYY-MM-DD hh:mm:ss)`);
  return { node: "literal", kind: "timestamp", value };
}

export const dayMicroseconds = 86_400_000_000;

/** Days since 1970-01-01, or undefined. */
export function parseDate(text: string): number | undefined {
  const match = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(text);
  if (!match) return undefined;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  const date = new Date(Date.UTC(year, month - 1, day));
  // Date.UTC folds 02-30 into March, and takes years below 100 for 1900 and later.
  date.setUTCFullYear(year, month - 1, day);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined;
  return date.getTime() / 86_400_000;
}

/** Microseconds since 1970-01-01T00:00:00Z, or undefined. Without an offset the time is UTC. */
export function parseTimestamp(text: string): number | undefined {
  const match = /^(\d{4}-\d{1,2}-\d{1,2})(?:[T ](\d{1,2}):(\d{2}):(\d{2})(\.\d{1,9})?)?\s*(Z|[+-]\d{2}:?\d{2})?$/i.exec(
    text,
  );
  const days = parseDate(match?.[1] ?? "");
  if (!match || days === undefined) return undefined;
  const [hour, minute, second] = [Number(match[2] ?? 0), Number(match[3] ?? 0), Number(match[4] ?? 0)];
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  const fraction = Math.trunc(Number(match[5] ?? 0) * 1e6);
  return days * dayMicroseconds + (hour * 3600 + minute * 60 + second - offsetSeconds(match[6])) * 1e6 + fraction;
}

function offsetSeconds(text: string | undefined): number {
  if (text === undefined || /^z$/i.test(text)) return 0;
  const seconds = Number(text.slice(1, 3)) * 3600 + Number(text.slice(-2)) * 60;
  return text.startsWith("-") ? -seconds : seconds;
}

/** `YYYY-MM-DD` of days since 1970. */
export function dateText(days: number): string {
  return new Date(days * 86_400_000).toISOString().slice(0, 10);
}

/** `YYYY-MM-DDThh:mm:ss[.ffffff]` of microseconds since 1970. */
export function timestampText(microseconds: number): string {
  const seconds = Math.floor(microseconds / 1e6);
  const rest = microseconds - seconds * 1e6;
  const text = new Date(seconds * 1000).toISOString().slice(0, 19);
  return rest === 0 ? text : `${text}.${String(rest).padStart(6, "0")}`;
}
