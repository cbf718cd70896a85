/**
 * Rows on their way in: columns of checked values. Nothing half-checked reaches a table.
 * @module
 */
import { charge } from "../../base/work.ts";
import { WholeFloat } from "../../databases/exact-json.ts";
import type { Column, Scalar, Schema, VectorColumn } from "./schema.ts";

export interface ScalarCells {
  readonly kind: "scalar";
  readonly values: Scalar[];
}

export interface VectorCells {
  readonly kind: "vector";
  readonly dim: number;
  /** Rows one after the other; a null row is zeros. */
  readonly data: Float32Array;
  /** 1 where the row has a vector. */
  readonly valid: Uint8Array;
}

export type Cells = ScalarCells | VectorCells;

export interface RowBatch {
  readonly count: number;
  /** Parallel to the schema. */
  readonly cells: readonly Cells[];
}

export function emptyCells(schema: Schema, count: number): Cells[] {
  return schema.map((column) =>
    column.type === "vector"
      ? {
          kind: "vector",
          dim: column.dim,
          data: new Float32Array(count * column.dim),
          valid: new Uint8Array(count),
        }
      : { kind: "scalar", values: new Array<Scalar>(count).fill(null) },
  );
}

const integerRanges = {
  int64: { low: -(2n ** 63n), high: 2n ** 63n - 1n },
  int32: { low: -(2n ** 63n), high: 2n ** 63n - 1n },
  uint64: { low: 0n, high: 2n ** 64n - 1n },
  uint32: { low: 0n, high: 2n ** 64n - 1n },
} as const;
/** What fits the JSON integer but not the column: another text than a value of the wrong kind. */
const narrowRanges = { int32: { low: -(2 ** 31), high: 2 ** 31 - 1 }, uint32: { low: 0, high: 2 ** 32 - 1 } } as const;
const articles = { int64: "an int64", int32: "an int32", uint64: "a uint64", uint32: "a uint32" } as const;

/** Checks a value for a scalar column that is not null. @throws Error with a text of databases.md §12.4 */
export function checkScalar(column: Exclude<Column, VectorColumn>, value: unknown): Scalar {
  const { name, type } = column;
  switch (type) {
    case "string":
      if (typeof value !== "string") throw new Error(`field '${name}' must be a string`);
      return value;
    case "bool":
      if (typeof value !== "boolean") throw new Error(`field '${name}' must be a bool`);
      return value;
    case "float64":
    case "float32": {
      const number = floatOf(value);
      if (number === undefined) throw new Error(`field '${name}' must be a ${type}`);
      return type === "float32" ? Math.fround(number) : number;
    }
    default:
      return checkInteger(name, type, value);
  }
}

function floatOf(value: unknown): number | undefined {
  if (typeof value === "number") return value;
  if (typeof value === "bigint") return Number(value);
  return value instanceof WholeFloat ? value.value : undefined;
}

function checkInteger(name: string, type: "int64" | "int32" | "uint64" | "uint32", value: unknown): number | bigint {
  // Integers beyond 2^53 are bigints, so a number of that size was written as a float.
  const integral = typeof value === "bigint" || (typeof value === "number" && Number.isSafeInteger(value));
  const { low, high } = integerRanges[type];
  if (!integral || value < low || value > high) throw new Error(`field '${name}' must be ${articles[type]}`);
  if (type === "int32" || type === "uint32") {
    const narrow = narrowRanges[type];
    if (value < narrow.low || value > narrow.high) throw new Error(`field '${name}' is out of ${type} range`);
  }
  return Number.isSafeInteger(value) ? Number(value) : compactInteger(BigInt(value));
}

/** Integers are numbers while that is exact. */
export function compactInteger(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/** @throws Error with a text of §12.4 */
export function checkVector(column: VectorColumn, value: unknown, target: Float32Array, offset: number): void {
  const { name, dim } = column;
  if (!Array.isArray(value)) throw new Error(`field '${name}' must be a JSON array of float32 values`);
  if (value.length !== dim) {
    throw new Error(`field '${name}' length mismatch: expected ${dim}, got ${value.length}`);
  }
  charge(2 * dim);
  for (let i = 0; i < dim; i++) {
    const number = floatOf(value[i]);
    if (number === undefined) throw new Error(`field '${name}' must be a float32`);
    target[offset + i] = number;
  }
}
