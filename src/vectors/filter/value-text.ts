/**
 * Values as text, as a cast to string, `||` and `concat` write them.
 * @module
 */
import type { Expression, Value } from "./expression.ts";

/** A scalar that is neither null nor a date. */
export function valueText(value: Value, { kind, single }: Pick<Expression, "kind" | "single">): string {
  return kind === "float" ? floatText(Number(value), single === true) : String(value);
}

/** The shortest text that reads back as the same number; always with a fraction or an exponent. */
function floatText(value: number, single: boolean): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "NaN" : value > 0 ? "inf" : "-inf";
  if (Object.is(value, -0)) return "-0.0";
  const shortest = single ? shortestSingle(value) : value;
  const size = Math.abs(shortest);
  if (Number.isInteger(shortest) && size < 1e16) return `${shortest}.0`;
  if (size >= 1e-5 && size < 1e16) return String(shortest);
  return shortest.toExponential().replace("e+", "e");
}

function shortestSingle(value: number): number {
  for (let digits = 1; digits < 9; digits++) {
    const candidate = Number(value.toPrecision(digits));
    if (Math.fround(candidate) === value) return candidate;
  }
  return Number(value.toPrecision(9));
}
