/**
 * A skill's database as a file: taken away, and brought back (databases.md §21.7).
 * @module
 */
import { messageOf } from "../../base/message-of.ts";
import type { SqlResult, SqlTable, SqlValue } from "../../contract/contract.ts";
import { LuaSkillsError } from "../../errors.ts";
import { VfsError, type VfsFile } from "../../vfs/interface.ts";
import type { Database } from "../database.ts";
import { beginsAsDatabase, type DatabaseFiles, imageOf } from "../files/file-storage.ts";
import { SqliteError } from "../sqlite-error.ts";
import type { Caller } from "../statement/progress-watch.ts";
import { code } from "../wasm/sqlite-api.ts";
import { limitError } from "./read-error.ts";
import { type ReadLimits, readQuery } from "./read-query.ts";
import { tablesOf } from "./table-list.ts";

/** By the path of the database file, which must be there for all but `replace`. */
export interface SqliteFiles {
  tables(path: string, caller: Caller): Promise<SqlTable[]>;
  query(
    path: string,
    sql: string,
    params: ReadonlyArray<SqlValue | boolean>,
    limits: ReadLimits,
    caller: Caller,
  ): Promise<SqlResult>;
  read(path: string, caller: Caller): Promise<Uint8Array>;
  /** For reading, as long as no call runs. The caller closes it. */
  open(path: string, caller: Caller): Promise<VfsFile>;
  /** What SQLite finds wrong with the file; none when it is sound. */
  check(path: string, caller: Caller): Promise<string[]>;
  /** @param commit makes what was written durable; when it fails the old file is back */
  replace(path: string, bytes: Uint8Array, commit: () => Promise<void>, caller: Caller): Promise<void>;
}

/** The open databases of an engine, as far as files need them. */
export interface OpenDatabases {
  readonly files: DatabaseFiles;
  /** See {@link DatabaseFiles.reserve}. */
  reserve(path: string): Promise<void>;
  /** Runs `work` on a fresh connection to the database at `path`. `sql`: the text it is going to run, when it is not ours. */
  read<T>(path: string, sql: string, caller: Caller, work: (database: Database) => T): Promise<T>;
  /** Runs `work` on a database that is nowhere but in memory. */
  tryOut(image: Uint8Array, caller: Caller, work: (database: Database) => void): Promise<void>;
  /** Closes one database; its next use opens it again. */
  forget(path: string): void;
}

export function sqliteFiles(databases: OpenDatabases): SqliteFiles {
  const { files } = databases;
  return {
    tables: (path, caller) => databases.read(path, "", caller, tablesOf),
    query: (path, sql, params, limits, caller) =>
      databases.read(path, sql, caller, (database) => readQuery(database, sql, params, limits)),
    async check(path, caller) {
      let problems: string[] = [];
      await databases.read(path, "", caller, (database) => {
        problems = integrityProblems(database);
      });
      return problems;
    },
    async read(path, caller) {
      await rolledBack(path, caller);
      return files.exportBytes(path);
    },
    async open(path, caller) {
      await rolledBack(path, caller);
      return files.open(path, { create: false });
    },
    async replace(path, bytes, commit, caller) {
      checkHeader(bytes);
      await checked(() => databases.tryOut(bytes, caller, checkIntegrity));
      const before = await settled(path, caller);
      try {
        await files.importImage(path, imageOf(bytes));
        await commit();
      } catch (error) {
        databases.forget(path);
        if (before) await files.importImage(path, imageOf(before));
        else if (files.exists(path)) files.remove(path);
        throw full(error);
      }
    },
  };

  /** A connection rolls back what a crash left behind, and no transaction outlives a call. */
  function rolledBack(path: string, caller: Caller): Promise<void> {
    return databases.read(path, "", caller, () => {});
  }

  /** The old database, whatever it is worth, with nothing left of it that could be applied to the new one. */
  async function settled(path: string, caller: Caller): Promise<Uint8Array | undefined> {
    await databases.reserve(path);
    if (!files.exists(path)) return undefined;
    try {
      await databases.read(path, "", caller, () => {});
    } catch (error) {
      // A file that does not open is what an import is for.
      if (!(error instanceof SqliteError)) throw error;
    }
    databases.forget(path);
    return files.exportBytes(path);
  }
}

function checkHeader(bytes: Uint8Array): void {
  if (!beginsAsDatabase(bytes)) {
    throw invalid(`these ${bytes.length} bytes are no SQLite database: a file of SQLite begins with "SQLite format 3"`);
  }
  const size = (((bytes[16] ?? 0) << 8) | (bytes[17] ?? 0)) === 1 ? 65_536 : ((bytes[16] ?? 0) << 8) | (bytes[17] ?? 0);
  if (size < 512 || (size & (size - 1)) !== 0 || bytes.length < size || bytes.length % size !== 0) {
    throw invalid(`the SQLite file is cut short: ${bytes.length} bytes are not whole pages of ${size}`);
  }
}

function checkIntegrity(database: Database): void {
  const problems = integrityProblems(database);
  if (problems.length === 0) return;
  const [first = "", ...others] = problems;
  const more = others.length > 0 ? ` (and ${others.length} more)` : "";
  throw invalid(`the SQLite file is damaged: ${first}${more}`, { problems });
}

function integrityProblems(database: Database): string[] {
  const ask = (sql: string) => database.rows(sql).flatMap(([text]) => (text === "ok" ? [] : [String(text)]));
  try {
    return ask("PRAGMA integrity_check(20)");
  } catch (error) {
    // An index whose module or tokenizer this platform lacks (jieba) fails the check as a whole: the rest is checked without it.
    if (!(error instanceof SqliteError && (error.resultCode & 255) === code.error)) throw error;
    const tables = database.rows(
      "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type IN ('table', 'shadow')",
    );
    return tables.flatMap(([name]) => ask(`PRAGMA integrity_check("${String(name).replaceAll('"', '""')}")`));
  }
}

/** What SQLite says about a file it cannot read is about the file. */
async function checked(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (error instanceof LuaSkillsError || error instanceof VfsError) throw error;
    const limit = error instanceof SqliteError ? limitError(error) : undefined;
    if (limit) throw limit;
    throw invalid(`the SQLite file cannot be used: ${messageOf(error)}`);
  }
}

function full(error: unknown): unknown {
  if (!(error instanceof VfsError && error.errno === "ENOSPC")) return error;
  return new LuaSkillsError("quota_exceeded", `the database does not fit into the filesystem: ${error.osText}`, {
    cause: error,
  });
}

function invalid(message: string, data: Readonly<Record<string, unknown>> = {}): LuaSkillsError {
  return new LuaSkillsError("invalid_database", `${message}; nothing was changed`, { data });
}
