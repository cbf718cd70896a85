/**
 * The connection of one skill, made to look fresh at every call (databases.md §7.4, §21.3).
 * @module
 */
import { Database } from "./database.ts";
import { createDictionary } from "./fts/dictionary.ts";
import type { ConnectionFile, OpenSqlite } from "./open-sqlite.ts";
import { SqliteError } from "./sqlite-error.ts";
import { type SqlFacts, sqlFacts } from "./statement/traces.ts";

export interface SkillConnectionOptions {
  readonly path: string;
  readonly file: ConnectionFile;
  readonly cacheKib?: number;
  /** A transaction may stay open between calls. Default: it is rolled back. */
  readonly keepsTransactions?: boolean;
  /** Registers tokenizers. */
  readonly prepare: (database: Database) => void;
}

/** A statement of any kind that changes nothing, so that `changes()` is 0 after it. */
const zeroChanges = "DELETE FROM _vulcan_dict WHERE 0";

export class SkillConnection {
  readonly #instance: () => OpenSqlite;
  readonly #options: SkillConnectionOptions;
  #database: Database | undefined;
  /** Version of the file as the last call left it. */
  #left: string | undefined;

  constructor(instance: () => OpenSqlite, options: SkillConnectionOptions) {
    this.#instance = instance;
    this.#options = options;
  }

  /**
   * Runs `work` as one call: nothing of it stays on the connection.
   * @param sql the skill's own text, when there is one
   * @param counts whether the call reports changed rows
   */
  call<T>(sql: string, counts: boolean, work: (database: Database) => T): T {
    const facts = sqlFacts(sql);
    if (facts.setsHeapLimit) throw new Error("sqlite prepare failed: the heap limits of SQLite are the host's to set");
    if (facts.readsTotalChanges) this.close();
    const database = this.#fresh(counts || facts.readsChanges);
    try {
      return work(database);
    } finally {
      this.#settle(database, facts);
    }
  }

  /** The next call opens the file anew: it has not been open, or somebody else changed it. */
  get isStale(): boolean {
    return this.#database === undefined || this.#left !== this.#options.file.version();
  }

  get isInTransaction(): boolean {
    return this.#database !== undefined && !this.#database.autocommit;
  }

  close(): void {
    this.#database?.close();
    this.#database = undefined;
  }

  /** Lets go of a connection whose instance is dead. */
  abandon(): void {
    this.#database = undefined;
  }

  #fresh(counts: boolean): Database {
    const database = this.#open();
    database.lastInsertRowid = 0;
    if (!counts) return database;
    try {
      database.execute(zeroChanges);
      return database;
    } catch (error) {
      // The skill dropped the dictionary table; natively the next connection makes it again.
      if (!(error instanceof SqliteError)) throw error;
      this.close();
      return this.#open();
    }
  }

  #open(): Database {
    if (this.#database && this.#options.keepsTransactions && this.isInTransaction) return this.#database;
    // Someone else wrote, moved or removed the file (an import, `vulcan.fs`): what this connection knows is of the past.
    if (this.isStale) this.close();
    if (this.#database) return this.#database;
    const { file, path, prepare, cacheKib } = this.#options;
    const { functions, heap, tokenizers, authorizer, vfs } = this.#instance();
    const database = new Database(functions, heap, path, {
      vfs,
      cacheKib,
      isWal: file.isForeignWal(),
      synchronous: file.synchronous,
      takeFailure: () => authorizer.takeRefusal() ?? tokenizers.takeFailure(),
      temporary: file.temporary,
      prepare: (fresh) => {
        prepare(fresh);
        createDictionary(fresh);
      },
    });
    this.#database = database;
    this.#left = file.version();
    return database;
  }

  #settle(database: Database, facts: SqlFacts): void {
    if (this.#database !== database) return;
    if (!database.autocommit && this.#options.keepsTransactions) return;
    if (!database.autocommit) database.execute("ROLLBACK");
    const leftSomething =
      database.hasAttached ||
      facts.changesSettings ||
      facts.mayRemoveDictionary ||
      (facts.mayMakeTemporary && hasTemporary(database));
    if (leftSomething) this.close();
    else if (!facts.isQuery) this.#left = this.#options.file.version();
  }
}

function hasTemporary(database: Database): boolean {
  return database.rows("SELECT 1 FROM temp.sqlite_schema LIMIT 1").length > 0;
}
