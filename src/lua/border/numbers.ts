/**
 * Number texts of vulcan-api.md: §2.1 (JSON) and §1.7 (inline).
 * @module
 */
import { exponentForm, integerDigits, plainDecimal } from "../../base/text/number-text.ts";
import { LuaValueError } from "../interface.ts";

const INT64_LIMIT = 2 ** 63;

/** True when the value is integral and fits in signed 64 bits (vulcan-api.md §1.3). */
export const isInt64 = (value: number): boolean =>
  Number.isInteger(value) && value >= -INT64_LIMIT && value < INT64_LIMIT;

/** @throws LuaValueError */
export function checkInt64(value: bigint): void {
  if (BigInt.asIntN(64, value) === value) return;
  throw new LuaValueError(`cannot pass the bigint ${value} to Lua: it does not fit in 64 bits`);
}

/** JSON text of a Lua float (§2.1): null for NaN and infinities, all digits when integral, exponents without `+`. */
export function jsonNumber(value: number): string {
  if (value === 0) return Object.is(value, -0) ? "-0.0" : "0";
  if (isInt64(value)) return integerDigits(value);
  if (!Number.isFinite(value)) return "null";
  const size = Math.abs(value);
  return size >= 1e-5 && size < 1e17 ? String(value) : exponentForm(value);
}

/** §1.7: never an exponent. */
export function inlineNumber(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  return plainDecimal(value);
}
