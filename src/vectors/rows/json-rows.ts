/**
 * JSON rows → a batch (databases.md §12.4).
 * @module
 */
import { messageOf } from "../../base/message-of.ts";
import { charge } from "../../base/work.ts";
import { parseExact, parseKeepingFloats, WholeFloat } from "../../databases/exact-json.ts";
import { checkScalar, checkVector, emptyCells, type RowBatch } from "../table/row-batch.ts";
import type { Schema } from "../table/schema.ts";

/** @throws Error naming the first field that does not fit. */
export function rowsFromJson(schema: Schema, text: string): RowBatch {
  const hasIntegers = schema.some(({ type }) => type.includes("int"));
  return batchRows(schema, text === "" ? [] : parseRows(text, hasIntegers ? parseKeepingFloats : parseExact));
}

/** @throws Error */
export function batchRows(schema: Schema, rows: unknown): RowBatch {
  if (!Array.isArray(rows)) {
    throw new Error(`failed to parse JSON rows, expected a JSON array of objects: it is ${kindOf(rows)}`);
  }
  const cells = emptyCells(schema, rows.length);
  // Column by column, as natively: the first column that has something wrong is the one that is named.
  for (const [position, column] of schema.entries()) {
    const target = cells[position];
    for (const [index, row] of rows.entries()) {
      charge(15);
      if (typeof row !== "object" || row === null || Array.isArray(row) || row instanceof WholeFloat) {
        throw new Error("JSON rows must be an array of JSON objects");
      }
      const present = Object.hasOwn(row, column.name);
      const value: unknown = present ? row[column.name as keyof typeof row] : null;
      if (value === null) {
        if (!column.nullable) {
          throw new Error(
            present ? `field '${column.name}' is not nullable` : `field '${column.name}' is missing and not nullable`,
          );
        }
      } else if (column.type === "vector" && target?.kind === "vector") {
        checkVector(column, value, target.data, index * column.dim);
        target.valid[index] = 1;
      } else if (column.type !== "vector" && target?.kind === "scalar") {
        target.values[index] = checkScalar(column, value);
      }
    }
  }
  return { count: rows.length, cells };
}

function parseRows(text: string, parse: (text: string) => unknown): unknown {
  try {
    return parse(text);
  } catch (error) {
    throw new Error(`failed to parse JSON rows, expected a JSON array of objects: ${messageOf(error)}`);
  }
}

function kindOf(value: unknown): string {
  if (value === null) return "null";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}
