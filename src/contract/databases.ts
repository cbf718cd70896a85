/**
 * The databases of skills as the page sees them (`runtime.databases`): what `vulcan.sqlite` and `vulcan.lancedb` keep,
 * to look into, to take away and to bring back (spec databases.md §4.2, §21.7, §21.9).
 * @module
 */
import type { BytesLike } from "./files.ts";

export type DatabaseKind = "sqlite" | "lancedb";

/**
 * A skill id, or a row of {@link RuntimeDatabases.list}. An id alone means the database of the loaded skill; when no such
 * skill is loaded, the first that an uninstall has kept, in the order of the roots.
 */
export type DatabaseTarget = string | { readonly skillId: string; readonly rootName: string };

export interface DatabaseInfo {
  readonly kind: DatabaseKind;
  readonly skillId: string;
  /** Label of the root whose database directory it is in. */
  readonly rootName: string;
  /** The SQLite file, or the directory of the vector tables, in the virtual filesystem. */
  readonly path: string;
  readonly bytes: number;
  /** True: a loaded skill uses it. False: it was kept when its skill was uninstalled, or its skill is off or broken. */
  readonly loaded: boolean;
  /** Names of vector tables, sorted. For SQLite ask {@link SqliteDatabases.tables}, which has to open the file. */
  readonly tables?: readonly string[];
}

/** Integers beyond 2^53 are bigints; text that is not UTF-8 comes as its bytes. */
export type SqlValue = null | number | bigint | string | Uint8Array;

export interface SqlTable {
  readonly name: string;
  /** `virtual`: a full-text index and the like; `shadow`: a table that belongs to one. */
  readonly type: "table" | "view" | "virtual" | "shadow";
  readonly columns: ReadonlyArray<{ readonly name: string; readonly type: string; readonly primaryKey: boolean }>;
  /** Null where counting would run somebody's query (views), or cannot be done (an index whose tokenizer is not here). */
  readonly rows: number | null;
}

export interface SqlResult {
  /** Names as SQLite gives them; two may be the same. */
  readonly columns: readonly string[];
  readonly rows: ReadonlyArray<readonly SqlValue[]>;
  /** There are more rows than `maxRows`, or than fit `limits.databaseQueryBytes`. */
  readonly truncated: boolean;
}

export interface SqliteDatabases {
  /** Tables, views and indexes by name, shadow tables last. @throws LuaSkillsError `not_found` */
  tables(target: DatabaseTarget): Promise<SqlTable[]>;
  /**
   * One statement that reads: SELECT, WITH, VALUES, EXPLAIN, or a PRAGMA that only tells. `maxRows` is at most (and by
   * default) `limits.databaseQueryRows`.
   * @throws LuaSkillsError `permission_denied` (it would write) | `invalid_argument` (SQLite's message; `data.offset`: where in
   *   the text, in UTF-16 units) | `deadline_exceeded` | `memory_exceeded` | `not_found`
   */
  query(
    target: DatabaseTarget,
    sql: string,
    params?: ReadonlyArray<SqlValue | boolean>,
    options?: { maxRows?: number; signal?: AbortSignal },
  ): Promise<SqlResult>;
  /** The file, without open transactions or side files: any SQLite opens it. @throws LuaSkillsError `not_found` */
  export(target: DatabaseTarget): Promise<Uint8Array>;
  /**
   * Puts a SQLite file in the place of the skill's. It is checked first (header, `PRAGMA integrity_check`) and replaces the old
   * one as a whole; durable when it resolves. The skill's next call sees it; its query streams are gone.
   * @throws LuaSkillsError `invalid_database` (nothing was changed) | `not_found` | `quota_exceeded` | `storage_error`
   */
  import(target: DatabaseTarget, bytes: BytesLike): Promise<void>;
}

/** A vector is an array of numbers; integers beyond 2^53 are bigints. */
export type VectorValue = null | boolean | number | bigint | string | number[];

export interface VectorTable {
  readonly name: string;
  readonly rows: number;
  /** 1 after creation, more with every write. */
  readonly version: number;
  readonly bytes: number;
  /** Types as `vulcan.lancedb.create_table` takes them; `dim` is that of a `vector_float32`. */
  readonly columns: ReadonlyArray<{
    readonly name: string;
    readonly type: string;
    readonly nullable: boolean;
    readonly dim?: number;
  }>;
}

export interface VectorPage {
  /** By column; a search adds `_distance`, the squared L2 distance. */
  readonly rows: ReadonlyArray<Readonly<Record<string, VectorValue>>>;
  /** Rows the filter keeps, from which these are taken. */
  readonly total: number;
  /** Rows were left out for `limits.databaseQueryBytes`. */
  readonly truncated: boolean;
}

export interface VectorRowsOptions {
  /** A condition in the filter language (spec databases.md §13), e.g. `kind = 'note' AND year > 2020`. */
  readonly filter?: string;
  /** Default 0. */
  readonly offset?: number;
  /** Default 100, at most `limits.databaseQueryRows`. */
  readonly limit?: number;
}

export interface VectorSearch {
  readonly table: string;
  readonly vector: ArrayLike<number>;
  /** How many of the nearest. Default 10, at most `limits.databaseQueryRows`. */
  readonly limit?: number;
  /** Applied before the search. */
  readonly filter?: string;
  /** Needed only when several columns have the vector's dimension. */
  readonly vectorColumn?: string;
}

export interface LancedbDatabases {
  /** Tables by name. @throws LuaSkillsError `not_found` | `storage_error` */
  tables(target: DatabaseTarget): Promise<VectorTable[]>;
  /** Rows in the order they were written. @throws LuaSkillsError `invalid_argument` (the filter) | `not_found` */
  rows(target: DatabaseTarget, table: string, options?: VectorRowsOptions): Promise<VectorPage>;
  /** Exact nearest neighbours by squared L2 distance, nearest first. @throws LuaSkillsError `invalid_argument` | `not_found` */
  search(target: DatabaseTarget, search: VectorSearch): Promise<VectorPage>;
  /** A zip with `vector-store.json` and a file for each table, as `import` takes it. @throws LuaSkillsError `not_found` */
  export(target: DatabaseTarget): Promise<Uint8Array>;
  /**
   * Puts the tables of an export in the place of all tables of the skill. Every table is checked first; durable when it resolves.
   * @throws LuaSkillsError `invalid_database`, `invalid_archive` (nothing was changed) | `not_found` | `quota_exceeded` | `storage_error`
   */
  import(target: DatabaseTarget, bytes: BytesLike): Promise<void>;
}

/** Databases that a host callback provides (`*_provider_mode: host_callback`) are the host's and do not show here. */
export interface RuntimeDatabases {
  /** Databases of loaded skills and those an uninstall has kept, by skill, SQLite first. */
  list(): Promise<DatabaseInfo[]>;
  readonly sqlite: SqliteDatabases;
  readonly lancedb: LancedbDatabases;
}
