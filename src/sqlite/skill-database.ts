/**
 * The embedded database of one skill: every method of `vulcan.sqlite` on its connection.
 * @module
 */
import type { SqlOutcome, SqlValue } from "../databases/sql-session.ts";
import type { SqliteMethod } from "../databases/sqlite-methods.ts";
import type { LuaValue } from "../lua/interface.ts";
import type { Database } from "./database.ts";
import { type CustomWord, customWords, listWords, removeWord, upsertWord } from "./fts/dictionary.ts";
import { FtsMethods } from "./fts/methods.ts";
import { readMode, tokenizeText } from "./fts/tokenize-text.ts";
import { type Jieba, JiebaTokenizer, jiebaMissing, jiebaName } from "./fts/tokenizers/jieba.ts";
import type { JiebaInstance } from "./fts/tokenizers/jieba-wasm.ts";
import { type SegmenterTokenizer, segmenterName } from "./fts/tokenizers/segmenter.ts";
import { preparedOne, runStatement } from "./host-session.ts";
import { type Input, optionalCount, refuseNul, requiredText } from "./input.ts";
import type { ConnectionFile, OpenSqlite } from "./open-sqlite.ts";
import { SkillConnection } from "./skill-connection.ts";
import { executeBatch, executeScript, queryJson } from "./sql-methods.ts";
import { readItems, readParameters, refuseNulTexts } from "./statement/parameters.ts";
import { sqlFacts } from "./statement/traces.ts";
import type { ArrowModule } from "./streams/arrow-stream.ts";
import { chunkBytes, QueryStreams } from "./streams/query-streams.ts";

/** UTF-16 units of one SQL text. */
const longestSql = 8 * 2 ** 20;

/** Parts that are loaded the first time a skill needs them; shared by all skills of an engine. */
export interface LoadedParts {
  /** Replaced when an instance died. */
  instance: OpenSqlite | undefined;
  jieba: Jieba | undefined;
  arrow: ArrowModule | undefined;
  readonly segmenter: SegmenterTokenizer | undefined;
}

export interface SkillDatabaseOptions {
  /** Of the file. */
  readonly path: string;
  readonly parts: LoadedParts;
  readonly file: ConnectionFile;
  readonly maxResultBytes: number;
  readonly maxStreamBytes: number;
  readonly cacheKib: number | undefined;
  readonly maxDatabaseBytes: number | undefined;
  /** See {@link SkillConnectionOptions.keepsTransactions}. */
  readonly keepsTransactions?: boolean;
}

export class SkillDatabase {
  readonly #options: SkillDatabaseOptions;
  readonly #connection: SkillConnection;
  readonly #streams: QueryStreams;
  readonly #fts: FtsMethods;
  /** Some index of this database needs jieba, or may. */
  #usesJieba = false;
  #jiebaRegistered = false;
  #forget: Array<() => void> = [];
  #words: readonly CustomWord[] = [];
  #wordsReadAt = -1;

  constructor(options: SkillDatabaseOptions) {
    this.#options = options;
    this.#streams = new QueryStreams(options.maxStreamBytes);
    this.#connection = new SkillConnection(() => this.#instance, {
      file: options.file,
      path: options.path,
      cacheKib: options.cacheKib,
      ...(options.keepsTransactions ? { keepsTransactions: true } : {}),
      prepare: (database) => this.#equip(database),
    });
    this.#fts = new FtsMethods({ jieba: () => this.#jieba(), segmenter: () => this.#segmenter() });
  }

  get #instance(): OpenSqlite {
    const { instance } = this.#options.parts;
    if (instance === undefined) throw new Error("SQLite is not loaded");
    return instance;
  }

  /** Makes the file and its dictionary table when they are not there. */
  open(): void {
    this.#call("", false, (database) => {
      const [row] = database.rows("SELECT count(*) FROM sqlite_schema WHERE sql LIKE '%jieba%'");
      this.#usesJieba = Number(row?.[0] ?? 0) > 0;
    });
  }

  /** What has to be loaded before {@link run} can run this. */
  needs(method: SqliteMethod, input: Input): { jieba: boolean; arrow: boolean } {
    const { jieba, arrow } = this.#options.parts;
    // What is in the file decides, and after a reload or an import that is not known yet.
    if (jieba === undefined && this.#connection.isStale) this.open();
    const sql = input.get("sql");
    if (typeof sql === "string" && sqlFacts(sql).mentionsJieba) this.#usesJieba = true;
    const mode = input.get(input.has("tokenizer_mode") ? "tokenizer_mode" : "mode");
    const asks = typeof mode === "string" && /jieba/i.test(mode);
    return {
      jieba: jieba === undefined && (asks || this.#usesJieba),
      arrow: arrow === undefined && method === "query_stream",
    };
  }

  get isInTransaction(): boolean {
    return this.#connection.isInTransaction;
  }

  /** One statement of whoever uses the database of the host. @throws SqliteError */
  runStatement(sql: string, values: readonly SqlValue[]): SqlOutcome {
    return this.#call(sql, false, (database) => runStatement(database, sql, values, this.#options.maxResultBytes));
  }

  /** @throws SqliteError */
  checkStatement(sql: string): void {
    this.#call("", false, (database) => void preparedOne(database, sql));
  }

  /** Work of the host's own, which leaves no settings and nothing temporary. @throws SqliteError */
  read<T>(work: (database: Database) => T): T {
    return this.#call("", false, work);
  }

  /** @throws Error with the text Lua sees */
  run(method: SqliteMethod, input: Input): LuaValue {
    switch (method) {
      case "execute_script":
      case "execute_batch":
      case "query_json":
      case "query_stream":
        return this.#runSql(method, input);
      case "query_stream_wait_metrics":
        return this.#streams.metrics(input);
      case "query_stream_chunk":
        return this.#streams.chunk(input);
      case "query_stream_close":
        return this.#streams.close(input);
      case "tokenize_text":
        return this.#tokenize(input);
      case "upsert_custom_word":
      case "remove_custom_word": {
        const word = requiredText(input, "word");
        refuseNul({ word });
        return this.#wrapped(method, 2, (database) =>
          method === "remove_custom_word"
            ? removeWord(database, word)
            : upsertWord(database, word, optionalCount(input, "weight") ?? 1),
        );
      }
      case "list_custom_words":
        return this.#wrapped(method, 1, listWords);
      default: {
        const { wraps, work } = this.#fts.plan(method, input);
        return this.#wrapped(method, wraps, work);
      }
    }
  }

  close(): void {
    this.#connection.close();
    this.#forgetTokenizers();
  }

  /** The instance died: its memory is not touched any more. */
  abandon(): void {
    this.#connection.abandon();
    this.#forget = [];
    this.#jiebaRegistered = false;
  }

  #runSql(method: "execute_script" | "execute_batch" | "query_json" | "query_stream", input: Input): LuaValue {
    const sql = requiredText(input, "sql");
    if (sql.length > longestSql) {
      throw new Error(`sqlite prepare failed: the text has ${sql.length} characters, more than ${longestSql}`);
    }
    const { maxResultBytes, parts } = this.#options;
    if (method === "execute_batch") {
      const items = readItems(input);
      items.forEach(refuseNulTexts);
      refuseNul({ sql });
      return this.#call(sql, true, (database) => executeBatch(database, sql, items));
    }
    const params = readParameters(input);
    refuseNulTexts(params);
    refuseNul({ sql });
    return this.#call(sql, method === "execute_script", (database) => {
      if (method === "execute_script") return executeScript(database, sql, params);
      if (method === "query_json") return queryJson(database, sql, params, maxResultBytes);
      if (parts.arrow === undefined)
        throw new Error("query streams need the apache-arrow package, which is not loaded");
      return this.#streams.open(parts.arrow, database, sql, params, chunkBytes(input));
    });
  }

  #tokenize(input: Input): LuaValue {
    const mode = readMode(input);
    const text = requiredText(input, "text");
    refuseNul({ text });
    const search = input.get("search_mode") === true;
    return this.#wrapped("tokenize_text", 1, () => {
      const { normalized_text, tokens, fts_query } = tokenizeText(text, mode, search, {
        jieba: () => this.#jieba(),
        segmenter: () => this.#segmenter(),
      });
      return { success: true, tokenizer_mode: mode, normalized_text, tokens, fts_query };
    });
  }

  /** Dictionary and index failures carry their operation once or twice, as natively (databases.md §10.8). */
  #wrapped(method: SqliteMethod, wraps: number, work: (database: Database) => LuaValue): LuaValue {
    try {
      return this.#call("", true, work);
    } catch (error) {
      if (error instanceof WebAssembly.RuntimeError || !(error instanceof Error)) throw error;
      throw new Error(`${`${method} failed: `.repeat(wraps)}${error.message}`);
    }
  }

  #call<T>(sql: string, counts: boolean, work: (database: Database) => T): T {
    if (this.#options.parts.jieba === undefined) return this.#connection.call(sql, counts, work);
    return this.#connection.call(sql, counts, (database) => {
      this.#prepareJieba(database);
      return work(database);
    });
  }

  #equip(database: Database): void {
    this.#forgetTokenizers();
    const { segmenter } = this.#options.parts;
    const { watch, tokenizers, authorizer } = this.#instance;
    watch.attach(database);
    limitSize(database, this.#options.maxDatabaseBytes ?? 0);
    authorizer.attach(database);
    if (segmenter) this.#forget.push(tokenizers.register(database, segmenterName, segmenter));
  }

  /** Jieba may have been loaded since the connection was opened, and words may have changed since the last call. */
  #prepareJieba(database: Database): void {
    const { jieba } = this.#options.parts;
    if (jieba === undefined) return;
    if (!this.#jiebaRegistered) {
      const tokenizer = new JiebaTokenizer(() => this.#jieba());
      this.#forget.push(this.#instance.tokenizers.register(database, jiebaName, tokenizer));
      this.#jiebaRegistered = true;
      this.#wordsReadAt = -1;
    }
    if (this.#wordsReadAt === database.totalChanges) return;
    this.#words = customWords(database);
    this.#wordsReadAt = database.totalChanges;
  }

  #forgetTokenizers(): void {
    for (const forget of this.#forget) forget();
    this.#forget = [];
    this.#jiebaRegistered = false;
  }

  #jieba(): JiebaInstance {
    const { jieba } = this.#options.parts;
    if (jieba === undefined) throw new Error(jiebaMissing);
    return jieba.instance(this.#options.path, this.#words);
  }

  #segmenter(): SegmenterTokenizer {
    const { segmenter } = this.#options.parts;
    if (segmenter === undefined) throw new Error("this platform has no Intl.Segmenter");
    return segmenter;
  }
}

/** What would make the database larger fails with `database or disk is full`. */
function limitSize(database: Database, bytes: number): void {
  if (bytes === 0) return;
  const [row] = database.rows("PRAGMA page_size");
  const pages = Math.max(1, Math.floor(bytes / Number(row?.[0] ?? 4096)));
  database.run(`PRAGMA max_page_count = ${pages}`);
}
