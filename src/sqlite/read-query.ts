/**
 * Looking into a database from outside its skill: tables, and one statement that reads (`runtime.databases.sqlite`).
 * @module
 */
import type { SqlResult, SqlTable, SqlValue } from "../contract.ts";
import { LuaSkillsError } from "../errors.ts";
import type { Database } from "./database.ts";
import type { Parameter } from "./parameters.ts";
import { code } from "./sqlite-api.ts";
import { SqliteError } from "./sqlite-error.ts";
import type { Statement } from "./statement.ts";
import { sqlFacts } from "./traces.ts";

export interface ReadLimits {
  readonly maxRows: number;
  readonly maxBytes: number;
}

/** Comments and white space, then the first word. */
const firstWord = /^(?:\s|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/)*(\w*)/;
const reading = new Set(["", "select", "with", "values", "explain", "pragma"]);

/** @throws LuaSkillsError as `SqliteDatabases.query` says */
export function readQuery(
  database: Database,
  sql: string,
  params: ReadonlyArray<SqlValue | boolean>,
  limits: ReadLimits,
): SqlResult {
  const facts = sqlFacts(sql);
  if (facts.statements > 1) {
    throw new LuaSkillsError(
      "invalid_argument",
      "one statement at a time: what follows the first `;` would not be run",
    );
  }
  const [, word = ""] = firstWord.exec(sql) ?? [];
  const verb = word.toLowerCase();
  if (!reading.has(verb)) throw writes(word.toUpperCase());
  if (facts.changesSettings) throw writes("this PRAGMA");
  return asErrors(sql, () => {
    database.execute("PRAGMA query_only=ON");
    try {
      const statement = database.prepare(sql);
      if (!statement) return { columns: [], rows: [], truncated: false };
      // SQLite counts the EXPLAIN of a write as one, and runs nothing of it.
      const reads = verb === "explain" || database.exports.sqlite3_stmt_readonly(statement.pointer) !== 0;
      if (!reads) throw writes("this statement");
      return collect(statement, params.map(parameterOf), limits);
    } finally {
      database.execute("PRAGMA query_only=OFF");
    }
  });
}

/** What can be seen, in the order people want to see it. */
export function tablesOf(database: Database): SqlTable[] {
  const rank = { table: 0, view: 0, virtual: 0, shadow: 1 };
  const sql =
    "SELECT name, type FROM pragma_table_list WHERE schema = 'main' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'";
  return asErrors(sql, () => database.rows(sql))
    .map(([name, type]) => tableOf(database, String(name), type as SqlTable["type"]))
    .sort((a, b) => rank[a.type] - rank[b.type] || (a.name < b.name ? -1 : 1));
}

function tableOf(database: Database, name: string, type: SqlTable["type"]): SqlTable {
  try {
    const columns = database
      .rows("SELECT name, type, pk FROM pragma_table_xinfo(?1) WHERE hidden <> 1", name)
      .map(([column, declared, pk]) => ({ name: String(column), type: String(declared), primaryKey: pk !== 0 }));
    const quoted = `"${name.replaceAll('"', '""')}"`;
    const counted = type === "table" || type === "virtual";
    const [row] = counted ? database.rows(`SELECT count(*) FROM ${quoted}`) : [];
    return { name, type, columns, rows: row ? Number(row[0]) : null };
  } catch (error) {
    // Broken views, and indexes whose module or tokenizer is not here: there, but nothing more can be said.
    if (!(error instanceof SqliteError)) throw error;
    const limit = limitError(error);
    if (limit) throw limit;
    return { name, type, columns: [], rows: null };
  }
}

function collect(statement: Statement, params: readonly Parameter[], { maxRows, maxBytes }: ReadLimits): SqlResult {
  try {
    statement.bindAll(params);
    const rows: SqlValue[][] = [];
    let bytes = 0;
    let more = statement.step();
    const { columns } = statement;
    for (; more && rows.length < maxRows && bytes < maxBytes; more = statement.step()) {
      const row = columns.map((_, i) => valueAt(statement, i));
      for (const value of row) bytes += sizeOf(value);
      rows.push(row);
    }
    return { columns: [...columns], rows, truncated: more };
  } finally {
    statement.clear();
  }
}

function valueAt(statement: Statement, column: number): SqlValue {
  const cell = statement.cell(column);
  return cell === undefined ? statement.bytes(column) : cell;
}

function sizeOf(value: SqlValue): number {
  return typeof value === "string" || value instanceof Uint8Array ? value.length + 8 : 8;
}

/** @throws LuaSkillsError `invalid_argument` */
function parameterOf(value: unknown, index: number): Parameter {
  if (typeof value === "boolean") return value ? 1 : 0;
  if (typeof value === "bigint" && BigInt.asIntN(64, value) !== value) {
    throw new LuaSkillsError("invalid_argument", `params[${index}]: ${value} does not fit into 64 bits`);
  }
  if (value === null || value instanceof Uint8Array) return value;
  if (typeof value === "string" || typeof value === "number" || typeof value === "bigint") return value;
  throw new LuaSkillsError(
    "invalid_argument",
    `params[${index}] must be null, a number, bigint, string, boolean or Uint8Array, got ${typeof value}`,
  );
}

function writes(what: string): LuaSkillsError {
  return new LuaSkillsError(
    "permission_denied",
    `${what} may change the database, and a query only reads: SELECT, WITH, VALUES, EXPLAIN, or a PRAGMA that tells ` +
      "(table_info, index_list, …). To change data, call an entry of the skill or import a file",
  );
}

/** Failures that say nothing about the statement or the file, but about what the work may cost. */
export function limitError(error: SqliteError): LuaSkillsError | undefined {
  switch (error.resultCode & 255) {
    case code.interrupt:
      return new LuaSkillsError(
        "deadline_exceeded",
        "the work on the database took longer than a call may (limits.callTimeoutMs)",
      );
    case code.noMemory:
      return new LuaSkillsError("memory_exceeded", "SQLite needs more memory than limits.sqliteMemoryBytes allows");
    case code.full:
      return new LuaSkillsError("quota_exceeded", "the filesystem is full (limits.vfsBytes)");
    default:
      return undefined;
  }
}

/** SQLite's errors with their place in the text. */
function asErrors<T>(sql: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof SqliteError)) throw error;
    const limit = limitError(error);
    if (limit) throw limit;
    const [, message = error.message, at] = /^([\s\S]*?) in [\s\S]* at offset (\d+)$/.exec(error.message) ?? [];
    const offset = at === undefined ? undefined : utf16Offset(sql, Number(at));
    throw new LuaSkillsError("invalid_argument", message, {
      data: { sql, ...(offset === undefined ? {} : { offset }) },
    });
  }
}

function utf16Offset(text: string, bytes: number): number {
  return new TextDecoder().decode(new TextEncoder().encode(text).subarray(0, bytes)).length;
}
