/**
 * One statement that reads, from outside the skill (`runtime.databases.sqlite.query`).
 * @module
 */
import type { SqlResult, SqlValue } from "../../contract/contract.ts";
import { LuaSkillsError } from "../../errors.ts";
import type { Database } from "../database.ts";
import type { Parameter } from "../statement/parameters.ts";
import type { Statement } from "../statement/statement.ts";
import { sqlFacts } from "../statement/traces.ts";
import { asErrors } from "./read-error.ts";

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
