/**
 * REAL values as text.
 * @module
 */

/** As JSON: always with a decimal point or an exponent, so that it stays a REAL (databases.md §7.7). */
export function jsonReal(value: number): string {
  if (!Number.isFinite(value)) return value > 0 ? '"inf"' : '"-inf"';
  if (Object.is(value, -0)) return "-0.0";
  const text = String(value);
  if (Number.isInteger(value) && Math.abs(value) < 1e16) return `${text}.0`;
  if (!Number.isInteger(value) && Math.abs(value) >= 1e-5) return text;
  return value.toExponential().replace("e+", "e");
}

/** In a text column of a stream: no exponent, `.0` when integral (databases.md §8.5). */
export function decimalReal(value: number): string {
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  if (Number.isInteger(value)) return `${Object.is(value, -0) ? "-0" : BigInt(value)}.0`;
  const text = String(value);
  const small = /^(-?)(\d)(?:\.(\d+))?e-(\d+)$/.exec(text);
  if (!small) return text;
  const [, sign = "", first = "", rest = "", exponent = "0"] = small;
  return `${sign}0.${"0".repeat(Number(exponent) - 1)}${first}${rest}`;
}
