/**
 * `execute_script`, `execute_batch` and `query_json` (databases.md §7.5–7.7).
 * @module
 */
import { charge, tally } from "../base/work.ts";
import type { LuaValue } from "../lua/interface.ts";
import type { Database } from "./database.ts";
import { prefixed, SqliteError } from "./sqlite-error.ts";
import type { Parameter } from "./statement/parameters.ts";
import { writeRow } from "./statement/row-writer.ts";
import { refuseCount, type Statement } from "./statement/statement.ts";
import { sqlFacts } from "./statement/traces.ts";
import { code } from "./wasm/sqlite-api.ts";

/** What a row costs at least: a table in Lua, an object and a text here. */
const rowUnits = 50;
const rowBytes = 120;
const cellBytes = 40;

const returnedRows = "Execute returned results - did you mean to call query?";

/** The connection must be fresh: `changes` and `lastInsertRowid` start at 0. */
export function executeScript(database: Database, sql: string, params: readonly Parameter[]): LuaValue {
  const statements = sqlFacts(sql).statements;
  if (params.length === 0) {
    prefixed("sqlite execute_batch failed", () => database.run(sql));
    return outcome(database, "script executed successfully", database.changes, statements);
  }
  if (statements !== 1) throw new Error("flat params or params_json are only supported for a single SQL statement");
  const statement = prepareOne(database, sql, params, "sqlite execute failed", "sqlite execute failed");
  try {
    prefixed("sqlite execute failed", () => runWith(statement, params));
  } finally {
    statement.clear();
  }
  const changed = database.changes;
  return outcome(database, `statement executed successfully (rows_changed=${changed})`, changed, 1);
}

export function executeBatch(database: Database, sql: string, items: ReadonlyArray<readonly Parameter[]>): LuaValue {
  if (sqlFacts(sql).statements > 1) throw new Error("execute_batch only supports a single SQL statement");
  prefixed("sqlite BEGIN TRANSACTION failed", () => database.execute("BEGIN TRANSACTION"));
  let changed = 0;
  try {
    const statement = prepareOne(database, sql, items[0] ?? [], "sqlite execute failed", "sqlite execute failed");
    try {
      prefixed("sqlite execute failed", () => {
        for (const row of items) {
          charge(rowUnits);
          runWith(statement, row);
          changed += database.changes;
          statement.reset();
        }
      });
    } finally {
      statement.clear();
    }
    prefixed("sqlite COMMIT failed", () => database.execute("COMMIT"));
  } catch (error) {
    if (!database.autocommit) database.execute("ROLLBACK");
    throw error;
  }
  const message = `batch executed successfully (statements_executed=${items.length} rows_changed=${changed})`;
  return outcome(database, message, changed, items.length);
}

export function queryJson(database: Database, sql: string, params: readonly Parameter[], maxBytes: number): LuaValue {
  if (sqlFacts(sql).statements > 1) throw new Error("query_json only supports a single SQL statement");
  const statement = prepareOne(database, sql, params, "sqlite query failed", "sqlite row fetch failed");
  const texts: string[] = [];
  const rows: LuaValue[] = [];
  try {
    prefixed("sqlite query failed", () => statement.bindAll(params));
    prefixed("sqlite row fetch failed", () => {
      let size = 2;
      if (!statement.step()) return;
      const columns = statement.writtenColumns;
      do {
        const { json, row } = writeRow(statement, columns);
        size += json.length + 1;
        charge(rowUnits + json.length, rowBytes + columns.length * cellBytes + 2 * json.length);
        if (size > maxBytes) throw new SqliteError(code.full, `query result exceeds ${maxBytes} bytes`);
        texts.push(json);
        rows.push(row);
      } while (statement.step());
    });
  } finally {
    statement.clear();
  }
  tally("sqlRows", rows.length);
  return { success: true, row_count: rows.length, json_data: `[${texts.join(",")}]`, rows };
}

/** @throws Error also for a text without a statement, which SQLite refuses to bind to and to step */
export function prepareOne(
  database: Database,
  sql: string,
  params: readonly Parameter[],
  binding: string,
  stepping: string,
): Statement {
  const statement = prefixed("sqlite prepare failed", () => database.prepare(sql));
  if (statement !== undefined) return statement;
  prefixed(binding, () => refuseCount(params.length, 0));
  throw new Error(`${stepping}: bad parameter or other API misuse`);
}

function runWith(statement: Statement, params: readonly Parameter[]): void {
  statement.bindAll(params);
  if (!statement.step()) return;
  // The change of an INSERT … RETURNING is made by now; finishing the statement keeps it, as natively.
  statement.reset();
  throw new SqliteError(code.error, returnedRows);
}

function outcome(database: Database, message: string, changed: number, statements: number): LuaValue {
  tally("sqlRows", changed);
  return {
    success: true,
    message,
    rows_changed: changed,
    last_insert_rowid: database.lastInsertRowid,
    statements_executed: statements,
  };
}
