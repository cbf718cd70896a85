/**
 * The tables of a database (`runtime.databases.sqlite.tables`).
 * @module
 */
import type { SqlTable } from "../../contract/contract.ts";
import type { Database } from "../database.ts";
import { SqliteError } from "../sqlite-error.ts";
import { asErrors, limitError } from "./read-error.ts";

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
