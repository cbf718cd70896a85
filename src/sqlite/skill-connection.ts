/**
 * The connection of one skill, made to look fresh at every call (databases.md §7.4, §21.3).
 * @module
 */
import { Database } from "./database.ts";
import type { DatabaseFiles } from "./files/file-storage.ts";
import { createDictionary } from "./fts/dictionary.ts";
import { SqliteError } from "./sqlite-error.ts";
import { type SqlFacts, sqlFacts } from "./statement/traces.ts";
import type { SqliteInstance } from "./wasm/sqlite-instance.ts";

export interface SkillConnectionOptions {
  readonly path: string;
  readonly files: DatabaseFiles;
  readonly cacheKib?: number;
  /** A transaction may stay open between calls. Default: it is rolled back. */
  readonly keepsTransactions?: boolean;
  /** Registers tokenizers. */
  readonly prepare: (database: Database) => void;
}

/** A statement of any kind that changes nothing, so that `changes()` is 0 after it. */
const zeroChanges = "DELETE FROM _vulcan_dict WHERE 0";

export class SkillConnection {
  readonly #instance: () => SqliteInstance;
  readonly #options: SkillConnectionOptions;
  #database: Database | undefined;
  /** Version of the file as the last call left it. */
  #left: string | undefined;

  constructor(instance: () => SqliteInstance, options: SkillConnectionOptions) {
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
    return this.#database === undefined || this.#left !== this.#options.files.version(this.#options.path);
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
    const { files, path, prepare, cacheKib } = this.#options;
    const { sqlite, heap, tokenizers, authorizer } = this.#instance();
    const database = new Database(sqlite, heap, path, {
      cacheKib,
      isWal: usesWal(files, path),
      synchronous: files.synchronous,
      takeFailure: () => authorizer.takeRefusal() ?? tokenizers.takeFailure(),
      temporary: files.openTemporary === undefined ? "MEMORY" : "FILE",
      prepare: (fresh) => {
        prepare(fresh);
        createDictionary(fresh);
      },
    });
    this.#database = database;
    this.#left = files.version(path);
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
    else if (!facts.isQuery) this.#left = this.#options.files.version(this.#options.path);
  }
}

function hasTemporary(database: Database): boolean {
  return database.rows("SELECT 1 FROM temp.sqlite_schema LIMIT 1").length > 0;
}

/** Bytes 18 and 19 of a database are 2 in WAL mode. */
function usesWal(files: DatabaseFiles, path: string): boolean {
  if (!files.exists(path)) return false;
  const file = files.open(path, { create: false });
  try {
    const version = new Uint8Array(2);
    return file.readAt(version, 18) === 2 && version.includes(2);
  } finally {
    file.close();
  }
}
