/**
 * `vector_upsert` with key columns (databases.md §12.4): rows whose key is already there replace every row with that key,
 * the others are inserted.
 * @module
 */
import { charge } from "../../base/work.ts";
import { stringifyExact } from "../../databases/exact-json.ts";
import type { Cells, RowBatch } from "./row-batch.ts";
import { columnIndex, type Scalar } from "./schema.ts";
import type { Table } from "./table.ts";

export interface MergePlan {
  readonly added: RowBatch;
  readonly removed: readonly number[];
  readonly inserted: number;
  readonly updated: number;
}

/** What the key of a row costs to make and to look up. */
const rowUnits = 100;

/** Changes nothing. @throws Error for an unknown key column or an ambiguous source */
export function planMerge(table: Table, batch: RowBatch, keyColumns: readonly string[]): MergePlan {
  const keys = keyColumns.map((name) => keyColumn(table, name));
  const sources = new Map<string, number[]>();
  for (let row = 0; row < batch.count; row++) {
    charge(rowUnits);
    const key = keyOf(keys.map((column) => cell(batch.cells[column], row)));
    // A null key matches nothing, and the native engine does not insert such a row either.
    if (key === undefined) continue;
    const known = sources.get(key);
    if (known) known.push(row);
    else sources.set(key, [row]);
  }
  const removed: number[] = [];
  const updates: number[] = [];
  const matched = new Set<string>();
  for (let row = 0; row < table.rows; row++) {
    charge(rowUnits);
    if (!table.isAlive(row)) continue;
    const key = keyOf(keys.map((column) => table.scalar(column, row)));
    const found = key === undefined ? undefined : sources.get(key);
    if (key === undefined || found === undefined) continue;
    const [source] = found;
    if (found.length > 1 || source === undefined) {
      const values = keys.map((at, i) => `${keyColumns[i]} = ${table.scalar(at, row)}`).join(", ");
      throw new Error(
        `Ambiguous merge inserts are prohibited: multiple source rows match the same target row on (${values}). Please ensure each target row is matched by at most one source row.`,
      );
    }
    removed.push(row);
    updates.push(source);
    matched.add(key);
  }
  const inserts = [...sources].flatMap(([key, rows]) => (matched.has(key) ? [] : rows)).sort((a, b) => a - b);
  return {
    added: takeRows(batch, [...updates, ...inserts]),
    removed,
    inserted: inserts.length,
    updated: updates.length,
  };
}

function keyColumn(table: Table, name: string): number {
  const index = columnIndex(table.schema, name);
  const column = table.schema[index];
  if (!column) throw new Error(`Merge insert key column '${name}' does not exist in schema`);
  if (column.type === "vector") throw new Error(`key column '${name}' is a vector`);
  return index;
}

/** Undefined when a part is null. */
function keyOf(parts: readonly Scalar[]): string | undefined {
  return parts.includes(null) ? undefined : stringifyExact(parts);
}

function cell(cells: Cells | undefined, row: number): Scalar {
  return cells?.kind === "scalar" ? (cells.values[row] ?? null) : null;
}

/** The rows at these positions; one may be taken several times. */
function takeRows(batch: RowBatch, rows: readonly number[]): RowBatch {
  const cells = batch.cells.map((column): Cells => {
    if (column.kind === "scalar") return { kind: "scalar", values: rows.map((row) => column.values[row] ?? null) };
    const { dim } = column;
    const data = new Float32Array(rows.length * dim);
    for (const [i, row] of rows.entries()) data.set(column.data.subarray(row * dim, (row + 1) * dim), i * dim);
    return { kind: "vector", dim, data, valid: Uint8Array.from(rows, (row) => column.valid[row] ?? 0) };
  });
  return { count: rows.length, cells };
}
