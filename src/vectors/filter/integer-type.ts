/**
 * Integer types of Arrow: their ranges, what arithmetic of two of them gives (DataFusion's rules), and wrapping into them.
 * @module
 */
import { compactInteger } from "../table/row-batch.ts";

export interface IntegerType {
  /** As Arrow writes it. */
  readonly name: string;
  readonly bits: number;
  readonly signed: boolean;
  readonly low: bigint;
  readonly high: bigint;
}

const signed = (bits: number): IntegerType => {
  const end = 2n ** BigInt(bits - 1);
  return { name: `Int${bits}`, bits, signed: true, low: -end, high: end - 1n };
};
const unsigned = (bits: number): IntegerType => {
  return { name: `UInt${bits}`, bits, signed: false, low: 0n, high: 2n ** BigInt(bits) - 1n };
};

export const int8 = signed(8);
export const int16 = signed(16);
export const int32 = signed(32);
export const int64 = signed(64);
export const uint8 = unsigned(8);
export const uint16 = unsigned(16);
export const uint32 = unsigned(32);
export const uint64 = unsigned(64);

/** The type both sides of an operator are brought to; undefined: exact, because 64 signed and unsigned bits do not fit one type. */
export function commonType(a: IntegerType | undefined, b: IntegerType | undefined): IntegerType | undefined {
  if (a === undefined || b === undefined || a === b) return a;
  const [wide, narrow] = a.bits >= b.bits ? [a, b] : [b, a];
  if (wide.signed === narrow.signed || (wide.signed && wide.bits > narrow.bits)) return wide;
  if (wide === uint64) return undefined;
  return wide.bits < 32 ? int32 : int64;
}

export function fits(type: IntegerType, value: number | bigint): boolean {
  return value >= type.low && value <= type.high;
}

/** Two's complement, as native arithmetic does it. */
export function wrapped(type: IntegerType | undefined, value: bigint): number | bigint {
  if (type === undefined) return compactInteger(value);
  return compactInteger(type.signed ? BigInt.asIntN(type.bits, value) : BigInt.asUintN(type.bits, value));
}
