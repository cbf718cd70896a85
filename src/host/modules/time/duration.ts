/**
 * Lengths of time in nanoseconds, read and written as Go does: `1h30m45s`.
 * @module
 */
export const NANOSECOND = 1n;
export const MICROSECOND = 1_000n;
export const MILLISECOND = 1_000_000n;
export const SECOND = 1_000_000_000n;
export const MINUTE = 60n * SECOND;
export const HOUR = 60n * MINUTE;

const units: Readonly<Record<string, bigint>> = {
  ns: NANOSECOND,
  us: MICROSECOND,
  µs: MICROSECOND,
  μs: MICROSECOND,
  ms: MILLISECOND,
  s: SECOND,
  m: MINUTE,
  h: HOUR,
};

export class Duration {
  constructor(readonly ns: bigint) {}

  toString(): string {
    return durationText(this.ns);
  }
}

/** Characters: 63 bits of nanoseconds are no longer, in any units. */
const longest = 256;

/** Undefined when the text is no duration. */
export function parseDuration(text: string): bigint | undefined {
  if (text.length > longest) return undefined;
  const found = /^([-+]?)(.*)$/s.exec(text);
  const rest = found?.[2] ?? "";
  if (rest === "0") return 0n;
  if (!/^(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+$/.test(rest)) return undefined;
  let total = 0n;
  for (const [, number = "", unit = ""] of rest.matchAll(/(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)/g)) {
    const [whole = "0", fraction = ""] = number.split(".");
    const scale = units[unit] ?? 0n;
    total += BigInt(whole === "" ? "0" : whole) * scale;
    if (fraction !== "")
      total += (BigInt(fraction.slice(0, 18)) * scale) / 10n ** BigInt(Math.min(fraction.length, 18));
  }
  if (total >= 1n << 63n) return undefined;
  return found?.[1] === "-" ? -total : total;
}

function durationText(ns: bigint): string {
  if (ns === 0n) return "0s";
  const sign = ns < 0n ? "-" : "";
  const size = ns < 0n ? -ns : ns;
  if (size < MICROSECOND) return `${sign}${size}ns`;
  if (size < MILLISECOND) return `${sign}${decimal(size, 3)}µs`;
  if (size < SECOND) return `${sign}${decimal(size, 6)}ms`;
  const hours = size / HOUR;
  const minutes = (size / MINUTE) % 60n;
  const seconds = decimal(size % MINUTE, 9);
  if (hours > 0n) return `${sign}${hours}h${minutes}m${seconds}s`;
  return minutes > 0n ? `${sign}${minutes}m${seconds}s` : `${sign}${seconds}s`;
}

function decimal(value: bigint, digits: number): string {
  const scale = 10n ** BigInt(digits);
  const fraction = String(value % scale)
    .padStart(digits, "0")
    .replace(/0+$/, "");
  return fraction === "" ? String(value / scale) : `${value / scale}.${fraction}`;
}
