/**
 * One connection to one database file.
 * @module
 */

import { charge } from "../base/work.ts";
import { SqliteError } from "./sqlite-error.ts";
import { Statement } from "./statement/statement.ts";
import {
  code,
  openFlag,
  type Pointer,
  type SqliteExports,
  type SqliteFunctions,
  type SqliteMemory,
} from "./wasm/sqlite-api.ts";

/** SQLITE_PREPARE_PERSISTENT */
const persistent = 1;
const config = {
  fts3Tokenizer: 1004,
  loadExtension: 1005,
  defensive: 1010,
  doubleQuotedDml: 1013,
  doubleQuotedDdl: 1014,
};
const cachedStatements = 32;
/** What a row costs that is read whole. */
const rowUnits = 50;
const rowBytes = 100;

export interface DatabaseOptions {
  /** Default: the system's own. */
  readonly vfs?: string | undefined;
  /** KiB of page cache; pages come from memory, or from a file nearby, so a small one is enough. Default 16 MiB. */
  readonly cacheKib?: number;
  /** The file is in WAL mode, which needs shared memory that no wasm VFS has: it is put back into rollback mode. */
  readonly isWal?: boolean;
  readonly synchronous: "NORMAL" | "FULL";
  /** What SQLite cannot say about a failure: why a tokenizer of ours failed. */
  readonly takeFailure?: () => string | undefined;
  /** Where large sorts and temporary tables go. */
  readonly temporary: "MEMORY" | "FILE";
  /** Runs on the new connection before it is used; when it throws the connection is closed. */
  readonly prepare?: (database: Database) => void;
}

export class Database {
  readonly exports: SqliteExports;
  readonly heap: SqliteMemory;
  readonly pointer: Pointer;
  /** Two pointers' worth of memory for results. */
  readonly #slots: Pointer;
  /** Statements by their text, oldest first. */
  readonly #cache = new Map<string, Statement>();
  readonly #takeFailure: DatabaseOptions["takeFailure"];

  /** Opens or creates the file at `path` of the vfs. @throws SqliteError */
  constructor(functions: SqliteFunctions, heap: SqliteMemory, path: string, options: DatabaseOptions) {
    this.exports = functions.exports;
    this.heap = heap;
    this.#takeFailure = options.takeFailure;
    const name = functions.allocCString(path);
    const vfs = options.vfs === undefined ? 0 : functions.allocCString(options.vfs);
    // A link that was put in the place of a file leads out of where databases are.
    const flags = openFlag.readWrite | openFlag.create | (vfs === 0 ? openFlag.noFollow : 0);
    this.#slots = this.exports.malloc(2 * heap.pointerBytes);
    const result = this.exports.sqlite3_open_v2(name, this.#slots, flags, vfs);
    this.pointer = heap.pointerAt(this.#slots);
    for (const pointer of [name, vfs]) this.exports.free(pointer);
    try {
      if (result !== code.ok) throw this.error(result);
      this.exports.sqlite3_busy_timeout(this.pointer, 5000);
      for (const option of [config.doubleQuotedDml, config.doubleQuotedDdl, config.defensive]) {
        this.exports.sqlite3__wasm_db_config_ip(this.pointer, option, 1, 0);
      }
      for (const option of [config.fts3Tokenizer, config.loadExtension]) {
        this.exports.sqlite3__wasm_db_config_ip(this.pointer, option, 0, 0);
      }
      // Before anything that reads the schema, which would fail.
      if (options.isWal === true) {
        this.run("PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=DELETE; PRAGMA locking_mode=NORMAL;");
      }
      this.run(
        `PRAGMA foreign_keys=ON; PRAGMA trusted_schema=OFF; PRAGMA temp_store=${options.temporary};
         PRAGMA synchronous=${options.synchronous}; PRAGMA cache_size=-${options.cacheKib ?? 16_384};`,
      );
      options.prepare?.(this);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** Whether no transaction is open. */
  get autocommit(): boolean {
    return this.exports.sqlite3_get_autocommit(this.pointer) !== 0;
  }

  /** Rows the last data-changing statement changed. */
  get changes(): number {
    return this.exports.sqlite3_changes(this.pointer);
  }

  get totalChanges(): number {
    return this.exports.sqlite3_total_changes(this.pointer);
  }

  get lastInsertRowid(): number | bigint {
    const rowid = this.exports.sqlite3_last_insert_rowid(this.pointer);
    const number = Number(rowid);
    return Number.isSafeInteger(number) ? number : rowid;
  }

  set lastInsertRowid(value: number) {
    this.exports.sqlite3_set_last_insert_rowid(this.pointer, BigInt(value));
  }

  /** Whether something was attached and not detached again. */
  get hasAttached(): boolean {
    return this.exports.sqlite3_db_name(this.pointer, 2) !== 0;
  }

  /**
   * The first statement of a text, from the cache when it is there; clear it when done with it.
   * Undefined for a text of nothing but comments.
   * @throws SqliteError
   */
  prepare(sql: string): Statement | undefined {
    const cached = this.#cache.get(sql);
    if (cached) {
      this.#cache.delete(sql);
      this.#cache.set(sql, cached);
      return cached;
    }
    const { pointer, length } = this.heap.putText(sql);
    const { statement } = this.#compile(pointer, length, persistent, () => sql);
    if (statement === undefined) return undefined;
    this.#cache.set(sql, statement);
    if (this.#cache.size > cachedStatements) {
      const [oldest, unused] = this.#cache.entries().next().value as [string, Statement];
      this.#cache.delete(oldest);
      unused.finalize();
    }
    return statement;
  }

  /** Every statement of a text in order, each stepped once and finished. @throws SqliteError at the first failure */
  run(sql: string): void {
    const { exports, heap } = this;
    const text = new TextEncoder().encode(`${sql}\0`);
    // Memory of its own: the statements use the scratch memory.
    const start = exports.malloc(text.length);
    heap.view(start, text.length).set(text);
    const end = start + text.length - 1;
    try {
      for (let at = start; at < end; ) {
        const here = at;
        const compiled = this.#compile(here, end - here, 0, () => heap.cString(here));
        compiled.statement?.runOnce();
        at = compiled.tail;
      }
    } finally {
      exports.free(start);
    }
  }

  /** A statement of our own, run to its end. @throws SqliteError */
  execute(sql: string, ...values: Array<string | number | null>): void {
    this.rows(sql, ...values);
  }

  /** All rows of a statement of our own. @throws SqliteError */
  rows(sql: string, ...values: Array<string | number | null>): Array<Array<ReturnType<Statement["cell"]>>> {
    const statement = this.prepare(sql);
    if (statement === undefined) return [];
    try {
      statement.bindAll(values);
      const out: Array<Array<ReturnType<Statement["cell"]>>> = [];
      while (statement.step()) {
        charge(rowUnits, rowBytes);
        out.push(Array.from({ length: statement.columnCount }, (_, i) => statement.cell(i)));
      }
      return out;
    } finally {
      statement.clear();
    }
  }

  /** What SQLite says about the last failure on this connection. */
  error(result: number, sql?: string): SqliteError {
    const { exports, heap } = this;
    const failure = this.#takeFailure?.();
    if (failure !== undefined) return new SqliteError(result, failure);
    let message = heap.cString(exports.sqlite3_errmsg(this.pointer));
    const offset = (result & 255) === code.error ? exports.sqlite3_error_offset(this.pointer) : -1;
    if ((result & 255) === code.tooBig) message += " (limits.sqliteValueBytes)";
    if (sql !== undefined && offset >= 0) message += ` in ${sql} at offset ${offset}`;
    return new SqliteError(result, message);
  }

  close(): void {
    for (const statement of this.#cache.values()) statement.finalize();
    this.#cache.clear();
    this.exports.sqlite3_close_v2(this.pointer);
    this.exports.free(this.#slots);
  }

  get #tailSlot(): Pointer {
    return this.#slots + this.heap.pointerBytes;
  }

  #compile(
    sql: Pointer,
    length: number,
    flags: number,
    text: () => string,
  ): { statement: Statement | undefined; tail: Pointer } {
    const { exports, heap } = this;
    const result = exports.sqlite3_prepare_v3(this.pointer, sql, length + 1, flags, this.#slots, this.#tailSlot);
    if (result !== code.ok) throw this.error(result, text());
    const statement = heap.pointerAt(this.#slots);
    const tail = heap.pointerAt(this.#tailSlot);
    return { statement: statement === 0 ? undefined : new Statement(this, statement, text), tail };
  }
}
