/**
 * Parameters of a statement: from the JSON a skill gave to what SQLite binds (databases.md §7.2).
 * @module
 */

import { decodeBase64 } from "../../base/bytes/base64.ts";
import { isObject } from "../../base/is-object.ts";
import { charge } from "../../base/work.ts";

/** Whole safe numbers bind as INTEGER, other numbers as REAL; `{ real }` is REAL whatever its value. */
export type Parameter = null | number | bigint | string | Uint8Array | { readonly real: number };

const maxInt64 = 2n ** 63n - 1n;
const minInt64 = -(2n ** 63n);
const maxUint64 = 2n ** 64n - 1n;

/** `params` of a single statement; undefined when there are none. @throws Error */
export function readParameters(input: ReadonlyMap<string, unknown>): Parameter[] {
  if (input.has("params_json")) throw new Error("params_json is no longer supported; use params");
  const params = input.get("params");
  if (params === undefined || params === null) return [];
  if (!Array.isArray(params)) throw new Error("params must be an array");
  return readRow(params, "params");
}

/** `items` of a batch. @throws Error */
export function readItems(input: ReadonlyMap<string, unknown>): Parameter[][] {
  const items = input.get("items");
  if (!Array.isArray(items)) throw new Error("items must be an array of arrays");
  if (items.length === 0) throw new Error("items must not be empty");
  return items.map((row: unknown, index) => {
    if (!Array.isArray(row)) throw new Error(`items[${index}] must be an array`);
    return readRow(row, `items[${index}]`);
  });
}

function readRow(row: readonly unknown[], at: string): Parameter[] {
  charge(10 + 3 * row.length);
  const out = new Array<Parameter>(row.length);
  for (let i = 0; i < row.length; i++) {
    const value = row[i];
    // The common kinds first: a batch has hundreds of thousands of them, and needs no text of their position.
    if (typeof value === "string" || typeof value === "number" || value === null) out[i] = value;
    else out[i] = readOther(value, `${at}[${i}]`);
  }
  return out;
}

function readOther(value: unknown, at: string): Parameter {
  if (value === undefined) return null;
  if (typeof value === "boolean") return value ? 1 : 0;
  if (typeof value === "bigint") return readInteger(value, at);
  if (isObject(value) && Object.hasOwn(value, "kind")) {
    return readTyped(value as { kind: unknown; value?: unknown; base64?: unknown }, at);
  }
  throw new Error(`${at} must contain only scalar values`);
}

function readInteger(value: bigint, at: string): Parameter {
  if (value >= minInt64 && value <= maxInt64) return value;
  if (value > maxInt64 && value <= maxUint64) throw new Error(`${at} contains an unsigned integer larger than i64`);
  return { real: Number(value) };
}

function readTyped(typed: { kind: unknown; value?: unknown; base64?: unknown }, at: string): Parameter {
  if (typeof typed.kind !== "string") throw new Error(`${at}.kind is required for typed parameters`);
  const kind = typed.kind.trim().toLowerCase();
  const { value } = typed;
  switch (kind) {
    case "null":
      return null;
    case "bool":
      if (typeof value === "boolean") return value ? 1 : 0;
      throw new Error(`${at}.value must be a bool`);
    case "int64":
      return readInt64(value, at);
    case "float64":
      if (typeof value === "number" || typeof value === "bigint") return { real: Number(value) };
      throw new Error(`${at}.value must be a float64`);
    case "string":
      if (typeof value === "string") return value;
      throw new Error(`${at}.value must be a string`);
    case "bytes":
      return readBytes(typed, at);
    default:
      throw new Error(`${at}.kind=${kind} is unsupported`);
  }
}

/** Decimal text is an addition: Lua of the native engine has no integers beyond 2^53 (databases.md §7.2). */
function readInt64(value: unknown, at: string): Parameter {
  if (typeof value === "number" && Number.isSafeInteger(value)) return value;
  const exact = typeof value === "string" && /^[+-]?\d{1,19}$/.test(value) ? BigInt(value) : value;
  if (typeof exact === "bigint" && exact >= minInt64 && exact <= maxInt64) return exact;
  throw new Error(`${at}.value must be an int64`);
}

function readBytes(typed: { value?: unknown; base64?: unknown }, at: string): Uint8Array {
  if (typeof typed.base64 === "string") {
    try {
      return decodeBase64(typed.base64);
    } catch (error) {
      throw new Error(`${at}.base64 is invalid: ${(error as Error).message}`);
    }
  }
  if (!Array.isArray(typed.value)) throw new Error(`${at}.value must be a byte array or provide base64`);
  return Uint8Array.from(typed.value, (item: unknown, i) => {
    if (typeof item !== "bigint" && (typeof item !== "number" || !Number.isSafeInteger(item) || item < 0)) {
      throw new Error(`${at}.value[${i}] must be an unsigned integer`);
    }
    if (item > 255) throw new Error(`${at}.value[${i}] exceeds u8`);
    return Number(item);
  });
}

/** Comes after every other check of the fields (§18). @throws Error */
export function refuseNulTexts(row: readonly Parameter[]): void {
  charge(row.length);
  for (const value of row) {
    if (typeof value === "string" && value.includes("\0")) {
      throw new Error("field `params[*].string` contains interior NUL bytes");
    }
  }
}
