import type { SqliteError } from "../sqlite-error.ts";
import type { SqliteExports, SqliteMemory } from "../wasm/sqlite-api.ts";

/** What a statement needs of the database it was prepared on. */
export interface Connection {
  readonly exports: SqliteExports;
  readonly heap: SqliteMemory;
  /** What SQLite says about the last failure. */
  error(result: number, sql?: string): SqliteError;
}
