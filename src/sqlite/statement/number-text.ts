/**
 * REAL values as text.
 * @module
 */
import { exponentForm, plainDecimal } from "../../base/text/number-text.ts";

/** As JSON: always with a decimal point or an exponent, so that it stays a REAL (databases.md §7.7). */
export function jsonReal(value: number): string {
  if (!Number.isFinite(value)) return value > 0 ? '"inf"' : '"-inf"';
  if (Object.is(value, -0)) return "-0.0";
  const text = String(value);
  if (Number.isInteger(value) && Math.abs(value) < 1e16) return `${text}.0`;
  if (!Number.isInteger(value) && Math.abs(value) >= 1e-5) return text;
  return exponentForm(value);
}

/** In a text column of a stream: no exponent, `.0` when integral (databases.md §8.5). */
export function decimalReal(value: number): string {
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  return Number.isInteger(value) ? `${plainDecimal(value)}.0` : plainDecimal(value);
}
