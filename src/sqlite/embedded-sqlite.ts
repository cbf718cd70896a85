/**
 * The embedded SQLite store as a database provider: what `sqlite_provider_mode: dynamic_library` means here.
 * @module
 */
import type { WasmSource } from "../base/wasm/wasm-file.ts";
import type { JsonObject } from "../contract/contract.ts";
import type { DatabaseProvider } from "../databases/provider.ts";
import type { SqlSession } from "../databases/sql-session.ts";
import { type SqliteMethod, sqliteMethods } from "../databases/sqlite-methods.ts";
import type { LuaValue } from "../lua/interface.ts";
import { type Vfs, VfsError } from "../vfs/interface.ts";
import { MemoryTree } from "../vfs/memory-tree.ts";
import type { Database } from "./database.ts";
import {
  beginsAsDatabase,
  type DatabaseFile,
  type DatabaseFiles,
  type DatabaseImage,
  imageOf,
  sideSuffixes,
} from "./files/file-storage.ts";
import { TreeFiles } from "./files/tree-files.ts";
import { Jieba } from "./fts/tokenizers/jieba.ts";
import { SegmenterTokenizer } from "./fts/tokenizers/segmenter.ts";
import { parseInput } from "./input.ts";
import { type OpenDatabases, type SqliteFiles, sqliteFiles } from "./inspect/sqlite-files.ts";
import type { ConnectionFile } from "./open-sqlite.ts";
import { type LoadedParts, SkillDatabase } from "./skill-database.ts";
import type { SqlDecision } from "./statement/authorizer.ts";
import type { Caller } from "./statement/progress-watch.ts";
import { SqliteInstance } from "./wasm/sqlite-instance.ts";

export interface EmbeddedSqliteOptions {
  readonly vfs: Vfs;
  /** Where the databases of skills are, when not in the tree. Its owner closes it. */
  readonly files?: DatabaseFiles;
  /** sqlite3.wasm; left out, the package finds its own (Node, Deno). */
  readonly wasm?: WasmSource;
  /** jieba-wasm's `jieba_rs_wasm_bg.wasm`, loaded when first asked for. Left out, mode `jieba` says that it is not available. */
  readonly jieba?: WasmSource | (() => Promise<WasmSource | undefined>);
  /** Ready-made functions for runtimes that refuse to compile at run time (workerd). */
  readonly trampolines?: WebAssembly.Module;
  /** Whether a skill may open another file (ATTACH, VACUUM INTO). `own` is the path of its database. Default yes. */
  readonly mayOpen?: (own: string, path: string) => boolean;
  /** What SQL of a skill may do; `own` is the path of its database. Default everything. */
  readonly decideSql?: (own: string, ...asked: Parameters<SqlDecision>) => ReturnType<SqlDecision>;
  /** What relative names in ATTACH are relative to. Default `/`. */
  readonly workingDirectory?: () => string;
  /** Unix milliseconds. Default `Date.now`. */
  readonly now?: () => number;
  /** Bytes of one `query_json` answer. Default 256 MiB. */
  readonly maxResultBytes?: number;
  /** Bytes of one stream. Default 64 MiB. */
  readonly maxStreamBytes?: number;
  /** Milliseconds one call may take; 0 = no limit. Default 0. */
  readonly maxCallMs?: number;
  /** SQLite virtual machine steps one call may take, for runtimes whose clock stands still; 0 = no limit. Default 0. */
  readonly maxCallSteps?: number;
  /** Bytes SQLite may hold for all databases together; 0 or left out = no limit. What would need more fails with `out of memory`. */
  readonly maxMemoryBytes?: number;
  /** Bytes of one string, blob or row; 0 or left out = as many as SQLite allows. */
  readonly maxValueBytes?: number;
  /** Bytes of one skill's database; 0 or left out = no limit. */
  readonly maxDatabaseBytes?: (path: string) => number;
  /** KiB of page cache per open database. Default 16,384. */
  readonly cacheKib?: number;
  /** What `status().persistence` says. Default `memory`. */
  readonly persistence?: string;
}

const knownMethods: ReadonlySet<string> = new Set(sqliteMethods);

export interface EmbeddedSqlite extends DatabaseProvider {
  readonly files: SqliteFiles;
  /** A database of the host's own at that path of the tree. */
  session(path: string): SqlSession;
}

/** sqlite-wasm is loaded by the first skill that needs it. What does so throws LuaSkillsError `wasm_unavailable`. */
export function embeddedSqlite(options: EmbeddedSqliteOptions): EmbeddedSqlite {
  const databases = new SqliteDatabases(options);
  return {
    register: ({ default_database_path: path }) => databases.register(path),
    prepare: () => (databases.booted ? undefined : databases.boot()),
    call(binding, method, input, context) {
      if (!knownMethods.has(method)) throw new Error(`sqlite has no method ${method}`);
      return databases.call(binding.default_database_path, method as SqliteMethod, input, context);
    },
    status: () => databases.status(),
    info: () => databases.info(),
    memoryBytes: () => databases.memoryBytes,
    closeAll: () => databases.closeAll(),
    files: sqliteFiles(databases),
    session: (path) => databases.session(path),
  };
}

class SqliteDatabases implements OpenDatabases {
  readonly #options: EmbeddedSqliteOptions;
  readonly #tree: DatabaseFiles;
  readonly #files: DatabaseFiles;
  /** Images on trial: they count nowhere and are seen by nobody. */
  readonly #trial = new TreeFiles(new MemoryTree({ quotaBytes: Number.POSITIVE_INFINITY }));
  /** Nobody knows it, so no ATTACH can name it. */
  readonly #trialPath = `/.trial-${[...crypto.getRandomValues(new Uint32Array(4))].join("-")}.sqlite3`;
  /** By the path of the file: a skill of the same id in another root has another database. */
  readonly #open = new Map<string, SkillDatabase>();
  /** Those of the host: nothing in them may open another file. */
  readonly #sessions = new Set<string>();
  /** The database of the skill whose call runs. */
  #running: string | undefined;
  readonly #parts: LoadedParts = {
    instance: undefined,
    jieba: undefined,
    arrow: undefined,
    segmenter: SegmenterTokenizer.create(),
  };
  #wasm: SqliteInstance | undefined;
  #booting: Promise<SqliteInstance> | undefined;
  #loadingJieba: Promise<Jieba | undefined> | undefined;
  #version = "";

  constructor(options: EmbeddedSqliteOptions) {
    this.#options = options;
    this.#tree = new TreeFiles(options.vfs);
    this.#files = options.files ?? this.#tree;
  }

  get memoryBytes(): number {
    return this.#wasm?.heap.bytes.length ?? 0;
  }

  get booted(): boolean {
    return this.#parts.instance !== undefined;
  }

  async boot(): Promise<void> {
    const { wasm, trampolines, now, workingDirectory, maxCallMs, maxCallSteps } = this.#options;
    this.#booting ??= SqliteInstance.boot((path) => this.#placeOf(path), {
      wasm,
      trampolines,
      openTemporary: () => this.#files.openTemporary?.(),
      now: now ?? Date.now,
      decideSql: (...asked) =>
        this.#running === undefined ? undefined : this.#options.decideSql?.(this.#running, ...asked),
      workingDirectory: workingDirectory ?? (() => "/"),
      maxCallMs: maxCallMs ?? 0,
      maxCallSteps: maxCallSteps ?? 0,
      maxMemoryBytes: this.#options.maxMemoryBytes ?? 0,
      maxValueBytes: this.#options.maxValueBytes ?? 0,
    });
    try {
      this.#parts.instance = this.#wasm = await this.#booting;
      this.#version = this.#parts.instance.version;
    } catch (error) {
      this.#booting = undefined;
      throw error;
    }
  }

  /**
   * Makes the directory, the file and its dictionary table when they are not there. A database from before is not opened
   * for it: most skills of a runtime are not called in a session, and SQLite is the largest file it could load.
   */
  async register(path: string): Promise<void> {
    await this.reserve(path);
    if (!this.booted && this.#wasClosedWell(path)) return;
    await this.boot();
    this.#database(path).open();
  }

  #wasClosedWell(path: string): boolean {
    if (!this.#files.exists(path) || sideSuffixes.some((suffix) => this.#files.exists(path + suffix))) return false;
    const file = this.#files.open(path, { create: false });
    try {
      const head = new Uint8Array(16);
      return file.readAt(head, 0) === head.length && beginsAsDatabase(head);
    } finally {
      file.close();
    }
  }

  call(path: string, method: SqliteMethod, input: string, caller: Caller): LuaValue | Promise<LuaValue> {
    const { instance } = this.#parts;
    if (instance === undefined || !this.#files.isReserved(path)) {
      return Promise.all([this.reserve(path), this.boot()]).then(() => this.call(path, method, input, caller));
    }
    const fields = parseInput(input);
    const needs = this.#guarded(caller, () => this.#database(path).needs(method, fields), path);
    // The database is looked up again after a wait: a reload may have closed it.
    const run = (): LuaValue => this.#guarded(caller, () => this.#database(path).run(method, fields), path);
    if (!needs.arrow && !(needs.jieba && this.#options.jieba !== undefined)) return run();
    return this.#load(needs).then(run);
  }

  get files(): DatabaseFiles {
    return this.#files;
  }

  session(path: string): SqlSession {
    this.#sessions.add(path);
    const use = async <T>(caller: Caller, work: (database: SkillDatabase) => T): Promise<T> => {
      await this.reserve(path);
      if (!this.booted) await this.boot();
      return this.#guarded(caller, () => work(this.#database(path)), path);
    };
    const isOpenTransaction = () => this.#open.get(path)?.isInTransaction === true;
    return {
      get isInTransaction() {
        return isOpenTransaction();
      },
      check: (sql, caller) => use(caller, (database) => database.checkStatement(sql)),
      run: (sql, values, caller) => use(caller, (database) => database.runStatement(sql, values)),
    };
  }

  async read<T>(path: string, sql: string, caller: Caller, work: (database: Database) => T): Promise<T> {
    if (!path.startsWith(this.#trialPath)) await this.reserve(path);
    await this.boot();
    // A file from elsewhere may hold anything; opening it also finds out whether it needs jieba.
    this.#guarded(caller, () => this.#database(path).open());
    await this.#load(this.#database(path).needs("query_json", new Map([["sql", sql]])));
    return this.#guarded(caller, () => this.#database(path).read(work));
  }

  async tryOut(image: Uint8Array, caller: Caller, work: (database: Database) => void): Promise<void> {
    try {
      await this.#trial.importImage(this.#trialPath, imageOf(image));
      await this.read(this.#trialPath, "", caller, work);
    } finally {
      this.forget(this.#trialPath);
      for (const suffix of ["", ...sideSuffixes]) {
        if (this.#trial.exists(this.#trialPath + suffix)) this.#trial.remove(this.#trialPath + suffix);
      }
    }
  }

  forget(path: string): void {
    this.#open.get(path)?.close();
    this.#open.delete(path);
  }

  status(): JsonObject {
    return {
      library_name: "vldb-sqlite",
      library_version: `wasm-${this.#version}`,
      ffi_stage: "sqlite-wasm",
      capabilities: [...sqliteMethods],
      engine: "sqlite-wasm",
      persistence: this.#options.persistence ?? "memory",
    };
  }

  info(): JsonObject {
    const { library_name: name, library_version: version, ffi_stage, capabilities } = this.status();
    return { library_info: { name, version, ffi_stage, capabilities } as JsonObject };
  }

  closeAll(): void {
    for (const database of this.#open.values()) database.close();
    this.#open.clear();
  }

  /** What a skill attaches is a file of the tree, wherever its own database is. */
  /** @throws VfsError for a file that the skill whose call runs may not open, by ATTACH or VACUUM INTO */
  #placeOf(path: string): DatabaseFiles {
    if (path.startsWith(this.#trialPath)) return this.#trial;
    const own = this.#running;
    const isForeign = own !== undefined && (this.#sessions.has(own) ? !isOwn(path, own) : !path.startsWith(own));
    if (isForeign && (this.#sessions.has(own) || this.#options.mayOpen?.(own, path) === false)) {
      throw new VfsError("EACCES", path, "open");
    }
    return this.#files.isReserved(path) ? this.#files : this.#tree;
  }

  #database(path: string): SkillDatabase {
    let database = this.#open.get(path);
    if (database === undefined) {
      const { maxResultBytes, maxStreamBytes, maxDatabaseBytes, cacheKib } = this.#options;
      database = new SkillDatabase({
        path,
        parts: this.#parts,
        file: connectionFile(this.#placeOf(path), path),
        maxResultBytes: maxResultBytes ?? 256 * 2 ** 20,
        maxStreamBytes: maxStreamBytes ?? 64 * 2 ** 20,
        cacheKib,
        maxDatabaseBytes: maxDatabaseBytes?.(path),
        keepsTransactions: this.#sessions.has(path),
      });
      this.#open.set(path, database);
    }
    return database;
  }

  /** A database that lies in the tree, from before or put there by hand, moves to where databases are now. */
  async reserve(path: string): Promise<void> {
    await this.#files.reserve(path);
    if (this.#files === this.#tree || this.#files.exists(path) || !this.#tree.exists(path)) return;
    const image = this.#tree.open(path, { create: false });
    try {
      await this.#takeIn(path, image);
    } finally {
      image.close();
    }
    this.#tree.remove(path);
  }

  async #takeIn(path: string, image: DatabaseImage): Promise<void> {
    if (image.size === 0) return;
    for (const beside of sideSuffixes.map((suffix) => path + suffix)) {
      if (!this.#tree.exists(beside) || (await this.#tree.exportBytes(beside)).length === 0) continue;
      throw new Error(`${beside} belongs to a database that was not closed; use it once with sqlite.storage "vfs"`);
    }
    const begin = new Uint8Array(512);
    if (image.readAt(begin, 0) < begin.length || !beginsAsDatabase(begin)) throw new Error("file is not a database");
    await this.#files.importImage(path, image);
  }

  #guarded<T>(caller: Caller, work: () => T, running?: string): T {
    const watch = this.#parts.instance?.watch;
    watch?.start(caller);
    this.#running = running;
    try {
      return work();
    } catch (error) {
      if (!(error instanceof WebAssembly.RuntimeError)) throw error;
      // A trap leaves wasm memory in an unknown state. The files are sound: what was under way is in a hot journal.
      this.#parts.instance = this.#wasm = undefined;
      this.#booting = undefined;
      for (const database of this.#open.values()) database.abandon();
      throw new Error(`SQLite failed and is started anew with the next call: ${error.message}`, { cause: error });
    } finally {
      this.#running = undefined;
      watch?.stop();
    }
  }

  async #load(needs: { jieba: boolean; arrow: boolean }): Promise<void> {
    await this.boot();
    if (needs.arrow) this.#parts.arrow ??= await import("apache-arrow");
    const { jieba } = this.#options;
    if (needs.jieba && jieba !== undefined) this.#parts.jieba = await this.#loadJieba(jieba);
  }

  /** After a failure the next call tries again. */
  #loadJieba(source: NonNullable<EmbeddedSqliteOptions["jieba"]>): Promise<Jieba | undefined> {
    this.#loadingJieba ??= Promise.resolve(typeof source === "function" ? source() : source)
      .then((wasm) => (wasm === undefined ? undefined : Jieba.load(wasm)))
      .finally(() => {
        this.#loadingJieba = undefined;
      });
    return this.#loadingJieba;
  }
}

function connectionFile(files: DatabaseFiles, path: string): ConnectionFile {
  return {
    synchronous: files.synchronous,
    temporary: files.openTemporary === undefined ? "MEMORY" : "FILE",
    version: () => files.version(path),
    isForeignWal: () => files.exists(path) && usesWal(files.open(path, { create: false })),
  };
}

/** Bytes 18 and 19 of a database are 2 in WAL mode. */
function usesWal(file: DatabaseFile): boolean {
  try {
    const version = new Uint8Array(2);
    return file.readAt(version, 18) === 2 && version.includes(2);
  } finally {
    file.close();
  }
}

const isOwn = (path: string, own: string): boolean => ["", ...sideSuffixes].some((suffix) => path === own + suffix);
