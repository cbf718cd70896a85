import { compactInteger } from "../row-batch.ts";
import { valueText } from "./arithmetic.ts";
import type { CastType } from "./ast.ts";
import { derived, type Expression, type Kind, type Value } from "./expression.ts";
import { FilterError } from "./filter-error.ts";
import { dateText, dayMicroseconds, parseDate, parseTimestamp, timestampText } from "./literals.ts";

/** `CAST` fails the search where a value does not fit; `TRY_CAST` (`orNull`) makes it unknown. */
export function cast(item: Expression, to: CastType, orNull: boolean): Expression {
  if (item.kind === "vector") throw new FilterError("vector columns may only be used with IS [NOT] NULL");
  return derived(to.kind, [item], (row) => {
    const value = item.at(row);
    if (value === null) return null;
    const converted = convert(value, item.kind, to);
    if (converted === undefined && !orNull) {
      throw new FilterError(`cannot cast ${item.kind} ${JSON.stringify(String(value))} to ${to.kind}`);
    }
    return converted ?? null;
  });
}

/** Undefined when the value does not fit. */
function convert(value: Exclude<Value, null>, from: Kind, to: CastType): Value | undefined {
  switch (to.kind) {
    case "text":
      return toText(value, from);
    case "boolean":
      return toBoolean(value);
    case "integer":
      return toInteger(value, to);
    case "float":
      return toFloat(value, to);
    case "date":
      if (from === "timestamp") return Math.floor(Number(value) / dayMicroseconds);
      return from === "date" ? value : parseDate(String(value));
    case "timestamp":
      if (from === "date") return Number(value) * dayMicroseconds;
      return from === "timestamp" ? value : parseTimestamp(String(value));
    case "binary":
      return from === "binary" ? value : from === "text" ? utf8(String(value)) : undefined;
  }
}

function toText(value: Exclude<Value, null>, from: Kind): string | undefined {
  if (from === "date") return dateText(Number(value));
  if (from === "timestamp") return timestampText(Number(value));
  return from === "binary" ? fromUtf8(String(value)) : valueText(value, from);
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
    if (!/^\s*[+-]?\d+\s*$/.test(value)) return undefined;
    whole = BigInt(value.trim().replace(/^\+/, ""));
  } else if (typeof value === "number") {
    if (!Number.isFinite(value)) return undefined;
    whole = BigInt(Math.trunc(value));
  } else {
    whole = BigInt(value);
  }
  return whole < (to.low ?? whole) || whole > (to.high ?? whole) ? undefined : compactInteger(whole);
}

function toFloat(value: Exclude<Value, null>, to: CastType): number | undefined {
  const number = typeof value === "string" && value.trim() === "" ? Number.NaN : Number(value);
  if (typeof value === "string" && Number.isNaN(number)) return undefined;
  if (to.single) return Math.fround(number);
  return to.scale === undefined ? number : Number(number.toFixed(to.scale));
}

function utf8(text: string): string {
  return Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join("");
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
