/**
 * Arrow IPC streams in and out (databases.md §12.4, §12.5). The package is loaded by the first request that needs it.
 * @module
 */
import type * as Arrow from "apache-arrow";
import { concatBytes } from "../../base/bytes/concat-bytes.ts";
import { messageOf } from "../../base/message-of.ts";
import { charge } from "../../base/work.ts";
import type { Hit } from "../search/search.ts";
import { type Cells, checkScalar, emptyCells, type RowBatch } from "../table/row-batch.ts";
import {
  type Column,
  type Scalar,
  type ScalarType,
  type Schema,
  scalarTypes,
  type VectorColumn,
} from "../table/schema.ts";
import type { Table } from "../table/table.ts";

/** What one cell costs to read. */
const cellUnits = 30;
const partBytes = 2 ** 16;

export type ArrowModule = typeof Arrow;

export function loadArrow(): Promise<ArrowModule> {
  return import("apache-arrow");
}

/** Columns in the table's order, then `_distance`; a schema is there even without rows. */
export function encodeHits(arrow: ArrowModule, table: Table, hits: readonly Hit[]): Uint8Array {
  const rows = hits.map((hit) => hit.row);
  const columns = table.schema.map((column, position) =>
    column.type === "vector"
      ? vectorData(arrow, column, table.vectors(position).gather(rows))
      : scalarData(
          arrow,
          column.type,
          rows.map((row) => table.scalar(position, row)),
        ),
  );
  const distances = arrow.makeData({
    type: new arrow.Float32(),
    data: Float32Array.from(hits, (hit) => hit.distance),
  });
  const fields = [
    ...table.schema.map((column) => new arrow.Field(column.name, columnType(arrow, column), column.nullable)),
    new arrow.Field("_distance", new arrow.Float32(), true),
  ];
  const schema = new arrow.Schema(fields);
  const children = [...columns, distances].flatMap((data) => data ?? []);
  const struct = arrow.makeData({ type: new arrow.Struct(fields), length: rows.length, nullCount: 0, children });
  return arrow.tableToIPC(new arrow.Table(schema, new arrow.RecordBatch(schema, struct)), "stream");
}

/** Rows that were checked, as Arrow has them. */
export function encodeRows(arrow: ArrowModule, schema: Schema, { count, cells }: RowBatch): Arrow.Table {
  const children = schema.map((column, position) => {
    const given = cells[position];
    if (column.type === "vector") return vectorData(arrow, column, given?.kind === "vector" ? given : emptyVectors);
    return scalarData(arrow, column.type, given?.kind === "scalar" ? given.values : []);
  });
  const own = schemaToArrow(arrow, schema);
  const struct = arrow.makeData({ type: new arrow.Struct(own.fields), length: count, nullCount: 0, children });
  return new arrow.Table(own, new arrow.RecordBatch(own, struct));
}

const emptyVectors = { data: new Float32Array(0), valid: new Uint8Array(0) };

export function schemaToArrow(arrow: ArrowModule, schema: Schema): Arrow.Schema {
  return new arrow.Schema(
    schema.map((column) => new arrow.Field(column.name, columnType(arrow, column), column.nullable)),
  );
}

/** @throws Error for a type that JSON rows have no form for */
export function schemaFromArrow(arrow: ArrowModule, { fields }: Arrow.Schema): Schema {
  return fields.map(({ name, type, nullable }): Column => {
    if (arrow.DataType.isFixedSizeList(type)) return { name, type: "vector", dim: type.listSize, nullable };
    const found = scalarTypes.find((each) => String(scalarType(arrow, each)) === String(type));
    if (!found) throw new Error(`unsupported field type for JSON ingestion on '${name}': ${type}`);
    return { name, type: found, nullable };
  });
}

/** Columns are taken by name and must have the table's types. @throws Error */
export function decodeRows(arrow: ArrowModule, schema: Schema, bytes: Uint8Array): RowBatch {
  const source = readStream(arrow, bytes);
  for (const field of source.schema.fields) checkField(arrow, schema, field);
  const count = source.numRows;
  const cells = emptyCells(schema, count);
  for (const [position, column] of schema.entries()) {
    const values = source.getChild(column.name);
    if (!values && !column.nullable && count > 0) {
      throw new Error(`field '${column.name}' is missing and not nullable`);
    }
    for (let row = 0; values && row < count; row++) {
      charge(column.type === "vector" ? cellUnits + 5 * column.dim : cellUnits);
      put(column, cells[position], row, values.get(row));
    }
  }
  return { count, cells };
}

function readStream(arrow: ArrowModule, bytes: Uint8Array): Arrow.Table {
  const failed = (reason: string) => new Error(`failed to read Arrow IPC payload: ${reason}`);
  let table: Arrow.Table;
  try {
    table = arrow.tableFromIPC(inParts(bytes));
  } catch (error) {
    throw failed(messageOf(error));
  }
  // The package takes bytes that are no stream for an empty one.
  if (table.schema.fields.length === 0) throw failed("it is not an Arrow IPC stream");
  return table;
}

/** What the package reads at once cannot be interrupted. */
function* inParts(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += partBytes) {
    charge(4 * partBytes);
    yield bytes.subarray(at, at + partBytes);
  }
}

function checkField(arrow: ArrowModule, schema: Schema, field: Arrow.Field): void {
  const column = schema.find(({ name }) => name === field.name);
  if (!column) throw new Error(`field '${field.name}' of the Arrow payload is not a column of the table`);
  const expected = columnType(arrow, column);
  // Names of list items differ between writers; dimension and item type are what counts.
  const same =
    column.type === "vector"
      ? arrow.DataType.isFixedSizeList(field.type) &&
        field.type.listSize === column.dim &&
        String(field.type.valueType) === "Float32"
      : String(field.type) === String(expected);
  if (!same) throw new Error(`field '${field.name}' has type ${field.type} in the Arrow payload, expected ${expected}`);
}

function put(column: Column, target: Cells | undefined, row: number, value: unknown): void {
  if (value === null || value === undefined) {
    if (!column.nullable) throw new Error(`field '${column.name}' is not nullable`);
  } else if (column.type === "vector" && target?.kind === "vector") {
    // A null item is kept as NaN: both come out as null.
    let i = row * column.dim;
    for (const item of value as Iterable<number | null>) {
      if (Number.isNaN(item)) throw new Error("Vector column contains NaN values");
      target.data[i++] = item ?? Number.NaN;
    }
    target.valid[row] = 1;
  } else if (column.type !== "vector" && target?.kind === "scalar") {
    target.values[row] = checkScalar(column, value);
  }
}

function vectorData(arrow: ArrowModule, column: VectorColumn, cells: { data: Float32Array; valid: Uint8Array }) {
  return arrow.makeData({
    type: vectorType(arrow, column),
    ...validity(cells.valid),
    child: arrow.makeData({ type: new arrow.Float32(), data: cells.data }),
  });
}

/** By hand: the package's own builders compile code at run time, which workerd and strict pages refuse. */
function scalarData(arrow: ArrowModule, type: ScalarType, values: readonly Scalar[]): Arrow.Data {
  const known = validity(Uint8Array.from(values, (value) => (value === null ? 0 : 1)));
  const numbers = () => values.map((value) => Number(value ?? 0));
  const integers = () => values.map((value) => BigInt(value ?? 0));
  switch (type) {
    case "string":
      return arrow.makeData({ type: new arrow.Utf8(), ...known, ...texts(values) });
    case "int64":
      return arrow.makeData({ type: new arrow.Int64(), ...known, data: BigInt64Array.from(integers()) });
    case "uint64":
      return arrow.makeData({ type: new arrow.Uint64(), ...known, data: BigUint64Array.from(integers()) });
    case "int32":
      return arrow.makeData({ type: new arrow.Int32(), ...known, data: Int32Array.from(numbers()) });
    case "uint32":
      return arrow.makeData({ type: new arrow.Uint32(), ...known, data: Uint32Array.from(numbers()) });
    case "float64":
      return arrow.makeData({ type: new arrow.Float64(), ...known, data: Float64Array.from(numbers()) });
    case "float32":
      return arrow.makeData({ type: new arrow.Float32(), ...known, data: Float32Array.from(numbers()) });
    case "bool":
      return arrow.makeData({ type: new arrow.Bool(), ...known, data: bitmap(numbers()) });
  }
}

function validity(valid: Uint8Array): { length: number; nullCount: number; nullBitmap: Uint8Array } {
  const nullCount = valid.reduce((sum, byte) => sum + (byte === 1 ? 0 : 1), 0);
  return { length: valid.length, nullCount, nullBitmap: bitmap(valid) };
}

/** One bit per item, lowest first. */
function bitmap(items: ArrayLike<number>): Uint8Array {
  const out = new Uint8Array(Math.ceil(items.length / 8));
  for (let i = 0; i < items.length; i++) if (items[i] === 1) out[i >> 3] = (out[i >> 3] ?? 0) | (1 << (i & 7));
  return out;
}

function texts(values: readonly Scalar[]): { valueOffsets: Int32Array; data: Uint8Array } {
  const encoder = new TextEncoder();
  const parts = values.map((value) => encoder.encode(typeof value === "string" ? value : ""));
  const valueOffsets = new Int32Array(values.length + 1);
  for (const [i, part] of parts.entries()) valueOffsets[i + 1] = (valueOffsets[i] ?? 0) + part.length;
  return { valueOffsets, data: concatBytes(parts) };
}

function columnType(arrow: ArrowModule, column: Column): Arrow.DataType {
  return column.type === "vector" ? vectorType(arrow, column) : scalarType(arrow, column.type);
}

function vectorType(arrow: ArrowModule, column: VectorColumn): Arrow.FixedSizeList<Arrow.Float32> {
  return new arrow.FixedSizeList(column.dim, new arrow.Field("item", new arrow.Float32(), true));
}

function scalarType(arrow: ArrowModule, type: ScalarType): Arrow.DataType {
  switch (type) {
    case "string":
      return new arrow.Utf8();
    case "int64":
      return new arrow.Int64();
    case "int32":
      return new arrow.Int32();
    case "uint64":
      return new arrow.Uint64();
    case "uint32":
      return new arrow.Uint32();
    case "float64":
      return new arrow.Float64();
    case "float32":
      return new arrow.Float32();
    case "bool":
      return new arrow.Bool();
  }
}
