/**
 * sqlite-wasm without us: its own object API on an in-memory database.
 * @module
 */
import sqlite3InitModule from "@sqlite.org/sqlite-wasm";

export type RawModule = Awaited<ReturnType<typeof sqlite3InitModule>>;
export type RawDatabase = InstanceType<RawModule["oo1"]["DB"]>;

export function openRaw(): Promise<RawModule> {
  return sqlite3InitModule();
}

/** One statement per 5000 rows: the fastest way in that the object API has. */
export function bulkByJsonEach(database: RawDatabase, rows: ReadonlyArray<readonly unknown[]>): void {
  database.exec("BEGIN");
  for (let at = 0; at < rows.length; at += 5000) {
    database.exec({
      sql: "INSERT INTO t SELECT value->>0, value->>1, value->>2 FROM json_each(?1)",
      bind: [JSON.stringify(rows.slice(at, at + 5000))],
    });
  }
  database.exec("COMMIT");
}

export const schema = "CREATE TABLE t(id INTEGER PRIMARY KEY, name TEXT, score REAL)";

export function rowsOf(count: number): Array<[number, string, number]> {
  return Array.from({ length: count }, (_, i) => [i + 1, `name of row ${i}`, i / 7]);
}
