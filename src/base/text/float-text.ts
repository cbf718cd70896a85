/** The shortest text that reads back as the same number, as Rust writes it: always with a fraction or an exponent. */
export function floatText(value: number, single = false): string {
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
