import { bytesToLatin1 } from "../../base/bytes/latin1.ts";
import { compactInteger } from "../table/row-batch.ts";
import type { CastType } from "./ast.ts";
import { derived, type Expression, type Kind, type Value } from "./expression.ts";
import { FilterError } from "./filter-error.ts";
import { fits } from "./integer-type.ts";
import { dateText, dayMicroseconds, parseDate, parseTimestamp, timestampText } from "./literals.ts";
import { valueText } from "./value-text.ts";

/** `CAST` fails the search where a value does not fit; `TRY_CAST` (`orNull`) makes it unknown. */
export function cast(item: Expression, to: CastType, orNull: boolean): Expression {
  if (item.kind === "vector") throw new FilterError("vector columns may only be used with IS [NOT] NULL");
  const converted = derived(to.kind, [item], (row) => {
    const value = item.at(row);
    if (value === null) return null;
    const converted = convert(value, item, to);
    if (converted === undefined && !orNull) {
      throw new FilterError(`cannot cast ${item.kind} ${JSON.stringify(String(value))} to ${to.kind}`);
    }
    return converted ?? null;
  });
  if (to.single) return { ...converted, single: true };
  if (to.integer === undefined) return converted;
  return { ...converted, integer: to.integer, ...(item.kind === "integer" ? { uncast: item } : {}) };
}

/** Undefined when the value does not fit. */
function convert(value: Exclude<Value, null>, item: Expression, to: CastType): Value | undefined {
  const from = item.kind;
  switch (to.kind) {
    case "text":
      return toText(value, item);
    case "boolean":
      return toBoolean(value);
    case "integer":
      return toInteger(value, to);
    case "float":
      return toFloat(value, to);
    case "date":
      if (from === "integer") return value;
      if (from === "timestamp") return Math.floor(Number(value) / dayMicroseconds);
      return from === "date" ? value : parseDate(String(value));
    case "timestamp":
      return toTimestamp(value, from, to.unit ?? 1);
    case "binary":
      return from === "binary" ? value : from === "text" ? utf8(String(value)) : undefined;
  }
}

function toTimestamp(value: Exclude<Value, null>, from: Kind, unit: number): number | undefined {
  if (from === "integer") return Number(value) * unit;
  const exact =
    from === "date"
      ? Number(value) * dayMicroseconds
      : from === "timestamp"
        ? Number(value)
        : parseTimestamp(String(value));
  return exact === undefined ? undefined : unit > 1 ? Math.trunc(exact / unit) * unit : exact;
}

function toText(value: Exclude<Value, null>, item: Expression): string | undefined {
  const from = item.kind;
  if (from === "date") return dateText(Number(value));
  if (from === "timestamp") return timestampText(Number(value));
  return from === "binary" ? fromUtf8(String(value)) : valueText(value, item);
}

function toBoolean(value: Exclude<Value, null>): boolean | undefined {
  if (typeof value !== "string") return typeof value === "boolean" ? value : Number(value) !== 0;
  const word = value.trim().toLowerCase();
  if (["true", "t", "yes", "y", "on", "1"].includes(word)) return true;
  return ["false", "f", "no", "n", "off", "0"].includes(word) ? false : undefined;
}

function toInteger(value: Exclude<Value, null>, to: CastType): number | bigint | undefined {
  let whole: bigint;
  if (typeof value === "string") {
    if (!/^[+-]?\d+$/.test(value)) return undefined;
    whole = BigInt(value.replace(/^\+/, ""));
  } else if (typeof value === "number") {
    if (!Number.isFinite(value)) return undefined;
    whole = BigInt(Math.trunc(value));
  } else {
    whole = BigInt(value);
  }
  return to.integer && !fits(to.integer, whole) ? undefined : compactInteger(whole);
}

function toFloat(value: Exclude<Value, null>, to: CastType): number | undefined {
  if (to.scale !== undefined) return toDecimal(value, to.precision ?? 38, to.scale);
  const number = typeof value === "string" ? floatOf(value) : Number(value);
  return to.single && number !== undefined ? Math.fround(number) : number;
}

function floatOf(text: string): number | undefined {
  const word = /^([+-]?)(?:(inf|infinity)|nan)$/i.exec(text);
  if (word) return word[2] === undefined ? Number.NaN : Number(`${word[1]}Infinity`);
  return /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(text) ? Number(text) : undefined;
}

/** Rounds half away from zero: texts by their digits, floats as they are once multiplied. */
function toDecimal(value: Exclude<Value, null>, precision: number, scale: number): number | undefined {
  let scaled: number;
  if (typeof value === "string") {
    const match = /^([+-]?)(\d*)(?:\.(\d*))?$/.exec(value);
    if (!match || !/\d/.test(value)) return undefined;
    const [, sign, whole = "", fraction = ""] = match;
    const up = Number(fraction.charAt(scale)) >= 5 ? 1n : 0n;
    const units = BigInt(`${whole}${fraction.slice(0, scale).padEnd(scale, "0")}` || "0") + up;
    scaled = Number(sign === "-" ? -units : units);
  } else {
    const size = Math.abs(Number(value)) * 10 ** scale;
    if (!Number.isFinite(size)) return undefined;
    scaled = Math.sign(Number(value)) * Math.round(size);
  }
  return Math.abs(scaled) < 10 ** precision ? scaled / 10 ** scale : undefined;
}

function utf8(text: string): string {
  return bytesToLatin1(new TextEncoder().encode(text));
}

function fromUtf8(bytes: string): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(
      Uint8Array.from(bytes, (c) => c.charCodeAt(0)),
    );
  } catch {
    // Bytes that are no text do not fit a text, as with any other cast.
    return undefined;
  }
}
