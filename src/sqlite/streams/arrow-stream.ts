/**
 * Rows as an Arrow IPC stream (databases.md §8.5).
 * @module
 */
import type * as Arrow from "apache-arrow";
import { charge, tally } from "../../base/work.ts";
import type { Cell } from "../statement/cell.ts";
import { decimalReal } from "../statement/number-text.ts";
import type { Statement } from "../statement/statement.ts";
import { cellType } from "../wasm/sqlite-api.ts";

export type ArrowModule = typeof Arrow;
type ColumnType = "int64" | "float64" | "utf8" | "binary";
/** A cell with what SQLite calls it; a REAL and an INTEGER are both numbers in JavaScript. */
interface TypedCell {
  readonly type: number;
  readonly value: Cell;
}

const rowsPerBatch = 1000;

const declaredTypes: ReadonlyArray<readonly [pattern: RegExp, type: ColumnType]> = [
  [/INT|BOOL/, "int64"],
  [/REAL|FLOA|DOUB|NUMERIC|DEC/, "float64"],
  [/BLOB/, "binary"],
  [/CHAR|CLOB|TEXT|JSON|DATE|TIME/, "utf8"],
];

/** What one value makes of a column type; the table of §8.5. */
const widened: Readonly<Record<number, (current: ColumnType | undefined) => ColumnType | undefined>> = {
  [cellType.null]: (current) => current,
  [cellType.integer]: (current) => (current === undefined ? "int64" : current === "binary" ? "utf8" : current),
  [cellType.float]: (current) =>
    current === undefined || current === "int64" ? "float64" : current === "binary" ? "utf8" : current,
  [cellType.text]: () => "utf8",
  [cellType.blob]: (current) => (current === undefined || current === "binary" ? "binary" : "utf8"),
};

/** Steps the statement to its end. Nothing at all for no rows. @param maxBytes of the encoded stream */
export function encodeRows(
  arrow: ArrowModule,
  statement: Statement,
  maxBytes: number,
): { rowCount: number; bytes: Uint8Array } {
  if (!statement.step()) return { rowCount: 0, bytes: new Uint8Array(0) };
  const names = statement.columns;
  const batches: Arrow.RecordBatch[] = [];
  let schema: Arrow.Schema | undefined;
  let types: ColumnType[] = [];
  let rowCount = 0;
  let size = 0;
  for (let more = true; more; ) {
    const columns: TypedCell[][] = names.map(() => []);
    let rows = 0;
    do {
      for (const [i, column] of columns.entries()) column.push(readCell(statement, i));
      charge(50 * names.length);
      rows++;
      more = statement.step();
    } while (more && rows < rowsPerBatch);
    if (schema === undefined) {
      types = columns.map((column, i) => columnType(statement.declaredType(i), column));
      schema = new arrow.Schema(names.map((name, i) => new arrow.Field(name, arrowType(arrow, types[i]), true)));
    }
    const children = columns.map((column, i) => columnData(arrow, types[i] ?? "utf8", column));
    const data = arrow.makeData({ type: new arrow.Struct(schema.fields), length: rows, nullCount: 0, children });
    const batch = new arrow.RecordBatch(schema, data);
    batches.push(batch);
    rowCount += rows;
    tally("sqlRows", rows);
    size += batch.data.byteLength;
    if (size > maxBytes) throw new Error(`query stream result exceeds ${maxBytes} bytes`);
  }
  return { rowCount, bytes: arrow.RecordBatchStreamWriter.writeAll(batches).toUint8Array(true) };
}

function readCell(statement: Statement, column: number): TypedCell {
  const type = statement.type(column);
  const value = statement.cell(column);
  if (value === undefined) {
    throw new Error(
      `sqlite value conversion failed while materializing rows: column ${column} holds text that is not valid UTF-8`,
    );
  }
  return { type, value };
}

function columnType(declared: string, cells: readonly TypedCell[]): ColumnType {
  const upper = declared.toUpperCase();
  let type = declaredTypes.find(([pattern]) => pattern.test(upper))?.[1];
  for (const cell of cells) type = widened[cell.type]?.(type) ?? type;
  return type ?? "utf8";
}

function arrowType(arrow: ArrowModule, type: ColumnType | undefined): Arrow.DataType {
  if (type === "int64") return new arrow.Int64();
  if (type === "float64") return new arrow.Float64();
  return type === "binary" ? new arrow.Binary() : new arrow.Utf8();
}

function columnData(arrow: ArrowModule, type: ColumnType, cells: readonly TypedCell[]): Arrow.Data {
  const length = cells.length;
  const nullBitmap = new Uint8Array(Math.ceil(length / 8));
  let nullCount = 0;
  const mark = (i: number, isNull: boolean): boolean => {
    if (isNull) nullCount++;
    else nullBitmap[i >> 3] = (nullBitmap[i >> 3] as number) | (1 << (i & 7));
    return isNull;
  };
  if (type === "int64" || type === "float64") {
    const data = type === "int64" ? new BigInt64Array(length) : new Float64Array(length);
    for (const [i, cell] of cells.entries()) {
      const number = asNumber(cell);
      if (mark(i, number === undefined) || number === undefined) continue;
      if (data instanceof Float64Array) data[i] = Number(number);
      else data[i] = typeof number === "bigint" ? number : truncated(number);
    }
    return data instanceof Float64Array
      ? arrow.makeData({ type: new arrow.Float64(), length, nullCount, nullBitmap, data })
      : arrow.makeData({ type: new arrow.Int64(), length, nullCount, nullBitmap, data });
  }
  const pieces = cells.map((cell, i) =>
    mark(i, cell.value === null) ? new Uint8Array(0) : type === "binary" ? asBytes(cell) : encode(asText(cell)),
  );
  const valueOffsets = new Int32Array(length + 1);
  for (const [i, piece] of pieces.entries()) valueOffsets[i + 1] = (valueOffsets[i] as number) + piece.length;
  const data = new Uint8Array(valueOffsets[length] as number);
  for (const [i, piece] of pieces.entries()) data.set(piece, valueOffsets[i]);
  const layout = { length, nullCount, nullBitmap, valueOffsets, data };
  return type === "binary"
    ? arrow.makeData({ type: new arrow.Binary(), ...layout })
    : arrow.makeData({ type: new arrow.Utf8(), ...layout });
}

function asNumber({ value }: TypedCell): number | bigint | undefined {
  return typeof value === "number" || typeof value === "bigint" ? value : undefined;
}

/** As a cast of the native engine does it: towards zero, stopping at the ends of the range. */
function truncated(value: number): bigint {
  if (value >= 2 ** 63) return 2n ** 63n - 1n;
  if (value <= -(2 ** 63)) return -(2n ** 63n);
  return BigInt(Math.trunc(value));
}

function asText({ type, value }: TypedCell): string {
  if (value instanceof Uint8Array) {
    return `x'${Array.from(value, (byte) => byte.toString(16).padStart(2, "0").toUpperCase()).join("")}'`;
  }
  return type === cellType.float ? decimalReal(Number(value)) : String(value);
}

function asBytes(cell: TypedCell): Uint8Array {
  return cell.value instanceof Uint8Array ? cell.value : encode(asText(cell));
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
