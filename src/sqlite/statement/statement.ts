/**
 * One prepared statement: binding, stepping, reading cells.
 * @module
 */
import { charge } from "../../base/work.ts";
import { SqliteError } from "../sqlite-error.ts";
import { cellType, code, copyBound, type Pointer } from "../wasm/sqlite-api.ts";
import type { Cell } from "./cell.ts";
import type { Connection } from "./connection.ts";
import type { Parameter } from "./parameters.ts";
import { type WrittenColumn, writtenColumns } from "./row-writer.ts";

/** SQLITE_STMTSTATUS_REPREPARE: how often SQLite compiled the statement again because the schema changed. */
const repreparedCounter = 5;

/** Natively binding stops at the first surplus. @throws SqliteError when the numbers differ */
export function refuseCount(given: number, needed: number): void {
  if (given === needed) return;
  const got = Math.min(given, needed + 1);
  throw new SqliteError(code.error, `Wrong number of parameters passed to query. Got ${got}, needed ${needed}`);
}

export class Statement {
  #columns: readonly string[] | undefined;
  #columnsOf = -1;
  #written: readonly WrittenColumn[] | undefined;

  constructor(
    private readonly database: Connection,
    readonly pointer: Pointer,
    /** The text it was compiled from; asked for only when it fails. */
    readonly sql: () => string,
  ) {}

  get parameterCount(): number {
    return this.database.exports.sqlite3_bind_parameter_count(this.pointer);
  }

  /** Names as SQLite reports them; read after the first step, which may compile the statement again. */
  get columns(): readonly string[] {
    const { exports, heap } = this.database;
    const version = exports.sqlite3_stmt_status(this.pointer, repreparedCounter, 0);
    if (this.#columns === undefined || version !== this.#columnsOf) {
      this.#columnsOf = version;
      this.#written = undefined;
      this.#columns = Array.from({ length: exports.sqlite3_column_count(this.pointer) }, (_, i) =>
        heap.cString(exports.sqlite3_column_name(this.pointer, i)),
      );
    }
    return this.#columns;
  }

  /** {@link columns} as rows are written. */
  get writtenColumns(): readonly WrittenColumn[] {
    const { columns } = this;
    this.#written ??= writtenColumns(columns);
    return this.#written;
  }

  get columnCount(): number {
    return this.database.exports.sqlite3_column_count(this.pointer);
  }

  declaredType(column: number): string {
    const { exports, heap } = this.database;
    return heap.cString(exports.sqlite3_column_decltype(this.pointer, column));
  }

  /** Strictly positional; the numbers must match (databases.md §7.2). @throws Error with the text of §7.2, without prefix */
  bindAll(values: readonly Parameter[]): void {
    refuseCount(values.length, this.parameterCount);
    for (let i = 0; i < values.length; i++) this.#bind(i + 1, values[i] as Parameter);
  }

  /** True when there is a row. @throws SqliteError */
  step(): boolean {
    const result = this.database.exports.sqlite3_step(this.pointer);
    if (result === code.row) return true;
    if (result === code.done) return false;
    const error = this.database.error(result, this.sql());
    this.reset();
    throw error;
  }

  /** One step, whatever it gives, then gone. @throws SqliteError */
  runOnce(): void {
    try {
      this.step();
    } finally {
      this.finalize();
    }
  }

  reset(): void {
    // The result repeats the error of the last step, which has been reported.
    this.database.exports.sqlite3_reset(this.pointer);
  }

  /** Back to how it was after prepare. */
  clear(): void {
    this.reset();
    this.database.exports.sqlite3_clear_bindings(this.pointer);
  }

  finalize(): void {
    this.database.exports.sqlite3_finalize(this.pointer);
  }

  type(column: number): number {
    return this.database.exports.sqlite3_column_type(this.pointer, column);
  }

  cell(column: number): Cell {
    const { exports } = this.database;
    switch (exports.sqlite3_column_type(this.pointer, column)) {
      case cellType.integer: {
        // The double is exact where it is safe, and costs no bigint.
        const value = exports.sqlite3_column_double(this.pointer, column);
        return Number.isSafeInteger(value) ? value : exports.sqlite3_column_int64(this.pointer, column);
      }
      case cellType.float:
        return exports.sqlite3_column_double(this.pointer, column);
      case cellType.text: {
        const address = exports.sqlite3_column_text(this.pointer, column);
        return this.database.heap.text(address, exports.sqlite3_column_bytes(this.pointer, column));
      }
      case cellType.blob:
        return this.bytes(column);
      default:
        return null;
    }
  }

  /** The bytes of a blob, or of text as it is stored. */
  bytes(column: number): Uint8Array {
    const { exports, heap } = this.database;
    const address = exports.sqlite3_column_blob(this.pointer, column);
    const length = exports.sqlite3_column_bytes(this.pointer, column);
    return heap.view(address, length).slice();
  }

  #bind(index: number, value: Parameter): void {
    const { exports, heap } = this.database;
    let result: number;
    if (value === null) result = exports.sqlite3_bind_null(this.pointer, index);
    else if (typeof value === "number") {
      // A C int where it fits: a bigint for each would be most of the cost of a bulk insert.
      if ((value | 0) === value) result = exports.sqlite3_bind_int(this.pointer, index, value);
      else if (Number.isSafeInteger(value)) {
        result = exports.sqlite3_bind_int64(this.pointer, index, BigInt(value));
      } else result = exports.sqlite3_bind_double(this.pointer, index, value);
    } else if (typeof value === "string") {
      charge(value.length / 4);
      const { pointer, length } = heap.putText(value);
      result = exports.sqlite3_bind_text(this.pointer, index, pointer, length, copyBound);
    } else if (typeof value === "bigint") result = exports.sqlite3_bind_int64(this.pointer, index, value);
    else if (value instanceof Uint8Array) {
      result = exports.sqlite3_bind_blob(this.pointer, index, heap.putBytes(value), value.length, copyBound);
    } else result = exports.sqlite3_bind_double(this.pointer, index, value.real);
    if (result !== code.ok) throw this.database.error(result, this.sql());
  }
}
