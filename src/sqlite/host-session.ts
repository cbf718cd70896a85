/**
 * A database of the host's own (the module `sql`): its transactions stay open between calls, and SQL opens no other file.
 * @module
 */
import { charge, tally } from "../base/work.ts";
import type { SqlOutcome, SqlValue } from "../databases/sql-session.ts";
import type { LuaValue } from "../lua/interface.ts";
import type { Database } from "./database.ts";
import { SqliteError } from "./sqlite-error.ts";
import type { Statement } from "./statement/statement.ts";
import { sqlFacts } from "./statement/traces.ts";
import { code } from "./wasm/sqlite-api.ts";

const rowUnits = 50;
const rowBytes = 120;
const cellBytes = 40;
const longestSql = 8 * 2 ** 20;

/** @throws SqliteError */
export function preparedOne(database: Database, sql: string): Statement {
  if (sql.length > longestSql) throw misuse(`the text has ${sql.length} characters, more than ${longestSql}`);
  if (sqlFacts(sql).statements > 1) throw misuse("one statement at a time; run each by itself");
  const statement = database.prepare(sql);
  if (statement === undefined) throw misuse("the text holds no statement");
  return statement;
}

/** @throws SqliteError */
export function runStatement(
  database: Database,
  sql: string,
  values: readonly SqlValue[],
  maxBytes: number,
): SqlOutcome {
  const before = database.totalChanges;
  const statement = preparedOne(database, sql);
  const rows: LuaValue[] = [];
  try {
    statement.bindAll(values);
    for (let size = 0; statement.step(); ) {
      const { columns } = statement;
      const row: Record<string, LuaValue> = Object.create(null);
      let bytes = 0;
      for (let i = 0; i < columns.length; i++) {
        const cell = statement.cell(i);
        if (cell === null || cell === undefined) continue;
        row[columns[i] as string] = cell;
        if (typeof cell === "string" || cell instanceof Uint8Array) bytes += cell.length;
      }
      size += bytes + cellBytes * columns.length;
      charge(rowUnits + bytes, rowBytes + columns.length * cellBytes + 2 * bytes);
      if (size > maxBytes) throw new SqliteError(code.full, `query result exceeds ${maxBytes} bytes`);
      rows.push(row);
    }
  } finally {
    statement.clear();
  }
  const changed = database.totalChanges > before ? database.changes : 0;
  tally("sqlRows", rows.length + changed);
  return { rows, changed, lastInsertId: database.lastInsertRowid };
}

const misuse = (message: string) => new SqliteError(code.error, message);
