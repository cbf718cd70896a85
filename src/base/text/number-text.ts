/**
 * Numbers as text, for the formats that JavaScript's own does not give.
 * @module
 */

/** All digits of an integral number, never an exponent; `-0` keeps its sign. */
export function integerDigits(value: number): string {
  if (Object.is(value, -0)) return "-0";
  return Number.isSafeInteger(value) ? String(value) : BigInt(value).toString();
}

/** A finite number without an exponent: `1e-7` → `0.0000001`. */
export function plainDecimal(value: number): string {
  if (Number.isInteger(value)) return integerDigits(value);
  const text = String(value);
  const small = /^(-?)(\d)(?:\.(\d+))?e-(\d+)$/.exec(text);
  if (!small) return text;
  const [, sign = "", first = "", rest = "", exponent = "0"] = small;
  return `${sign}0.${"0".repeat(Number(exponent) - 1)}${first}${rest}`;
}

/** The shortest exponent form, without the `+` JavaScript writes. */
export const exponentForm = (value: number): string => value.toExponential().replace("e+", "e");

/** Lua's own text of a float (`%.14g`). */
export function luaFloatText(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
  return value
    .toPrecision(14)
    .replace(/\.?0*(e|$)/, (zeros, exponent, at, text) => (text.lastIndexOf(".", at) < 0 ? zeros : exponent))
    .replace(/e(.)(.)$/, "e$10$2");
}
