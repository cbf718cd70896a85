/**
 * Databases of skills on the system's SQLite: every method of `vulcan.sqlite` by the code that serves the embedded one. It runs
 * in a process of its own (worker/bridge-sqlite.ts), where one thing is done after the other.
 * @module
 */
import { statSync } from "node:fs";
import { type SqliteMethod, sqliteMethods } from "../../../../databases/sqlite-methods.ts";
import type { LuaValue } from "../../../../lua/interface.ts";
import { TokenizerRegistry } from "../../../../sqlite/fts/tokenizer-registry.ts";
import { Jieba } from "../../../../sqlite/fts/tokenizers/jieba.ts";
import { SegmenterTokenizer } from "../../../../sqlite/fts/tokenizers/segmenter.ts";
import { parseInput } from "../../../../sqlite/input.ts";
import type { ConnectionFile, OpenSqlite } from "../../../../sqlite/open-sqlite.ts";
import { type LoadedParts, SkillDatabase } from "../../../../sqlite/skill-database.ts";
import { Authorizer } from "../../../../sqlite/statement/authorizer.ts";
import { ProgressWatch } from "../../../../sqlite/statement/progress-watch.ts";
import { NativeMemory } from "./native-memory.ts";
import { sqliteLibrary } from "./sqlite-library.ts";

export interface NativeSqliteOptions {
  /** Of the package koffi. */
  readonly koffi: string;
  /** A library the user named. */
  readonly library?: string | undefined;
  /** Of jieba's module; absent: mode `jieba` says that it is not available. */
  readonly jieba?: URL | undefined;
  /** Milliseconds of one call; 0 = no limit. */
  readonly maxCallMs: number;
}

const maxMemoryBytes = 512 * 2 ** 20;
const maxValueBytes = 64 * 2 ** 20;
const maxResultBytes = 64 * 2 ** 20;
const maxStreamBytes = 64 * 2 ** 20;
const maxDatabaseBytes = 2 ** 31;
const mostOpen = 64;

/** Pragmas that name directories of the machine. */
const deniedPragmas = new Set(["temp_store_directory", "data_store_directory"]);
const knownMethods: ReadonlySet<string> = new Set(sqliteMethods);

export class NativeSqlite {
  readonly #parts: LoadedParts;
  readonly #instance: OpenSqlite;
  /** By path. */
  readonly #open = new Map<string, SkillDatabase>();

  /** @throws LuaSkillsError `capability_unavailable` */
  constructor(private readonly options: NativeSqliteOptions) {
    const library = sqliteLibrary(options.koffi, options.library);
    const { functions, version } = library;
    const heap = new NativeMemory(library);
    const { maxCallMs } = options;
    this.#instance = {
      version,
      functions,
      heap,
      tokenizers: new TokenizerRegistry(functions, heap),
      watch: new ProgressWatch(functions, { now: Date.now, maxCallMs, maxCallSteps: 0, maxMemoryBytes, maxValueBytes }),
      authorizer: new Authorizer(
        functions,
        heap,
        (action, name) =>
          action === "sql.pragma" && deniedPragmas.has(name.toLowerCase())
            ? `PRAGMA ${name} is the host's to set`
            : undefined,
        (file) =>
          file === "" || file === ":memory:"
            ? undefined
            : "a database of a skill on the bridge cannot open other files",
      ),
      vfs: undefined,
    };
    this.#parts = {
      instance: this.#instance,
      jieba: undefined,
      arrow: undefined,
      segmenter: SegmenterTokenizer.create(),
    };
  }

  /** One method on the database at `path`, which is made when it is not there. `input` is JSON. @throws Error with the text Lua sees */
  async call(path: string, method: string, input: string): Promise<LuaValue> {
    if (!knownMethods.has(method)) throw new Error(`sqlite has no method ${method}`);
    const fields = parseInput(input);
    const known = method as SqliteMethod;
    await this.#load(this.#guarded(() => this.#database(path).needs(known, fields)));
    return this.#guarded(() => this.#database(path).run(known, fields));
  }

  #database(path: string): SkillDatabase {
    const known = this.#open.get(path);
    if (known) return known;
    const [oldest] = this.#open.keys();
    if (this.#open.size >= mostOpen && oldest !== undefined) {
      this.#open.get(oldest)?.close();
      this.#open.delete(oldest);
    }
    const database = new SkillDatabase({
      path,
      parts: this.#parts,
      file: nativeFile(path),
      maxResultBytes,
      maxStreamBytes,
      cacheKib: undefined,
      maxDatabaseBytes,
    });
    this.#open.set(path, database);
    return database;
  }

  #guarded<T>(work: () => T): T {
    const { watch } = this.#instance;
    watch.start({ signal: new AbortController().signal });
    try {
      return work();
    } finally {
      watch.stop();
    }
  }

  async #load(needs: { readonly jieba: boolean; readonly arrow: boolean }): Promise<void> {
    if (needs.arrow) this.#parts.arrow ??= await import("apache-arrow");
    if (needs.jieba && this.options.jieba !== undefined) this.#parts.jieba ??= await Jieba.load(this.options.jieba);
  }
}

/** What other connections change SQLite sees by itself; a file in its place is another. */
function nativeFile(path: string): ConnectionFile {
  return {
    synchronous: "FULL",
    temporary: "MEMORY",
    version: () => String(statSync(path, { throwIfNoEntry: false })?.ino ?? ""),
    isForeignWal: () => false,
  };
}
