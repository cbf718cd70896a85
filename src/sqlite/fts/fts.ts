/**
 * Full-text indexes (databases.md §10). An index is one FTS5 table; which tokenizer made it is remembered where the
 * answer of the tokenizer depends on the machine.
 * @module
 */
import type { LuaValue } from "../../lua/interface.ts";
import type { Database } from "../database.ts";
import { trimmed } from "../input.ts";
import type { Tokenized, TokenizerMode } from "./tokenize-text.ts";

/** Version of a tokenizer whose words may differ elsewhere; undefined for SQLite's own. */
export type TokenizerVersion = (mode: TokenizerMode) => string | undefined;

export interface FtsDocument {
  readonly id: string;
  readonly file_path: string;
  readonly title: string;
  readonly content: string;
}

const tokenizeOption: Readonly<Record<TokenizerMode, string>> = {
  none: "unicode61 remove_diacritics 2",
  jieba: "jieba",
  segmenter: "segmenter",
};
const metaTable = "_vulcan_fts_meta";

/** @throws Error with the texts of §10.1 */
export function checkedIndexName(given: string): string {
  const name = trimmed(given);
  const refuse = (text: string): never => {
    throw new Error(`Invalid parameter name: ${text}`);
  };
  if (!/^[A-Za-z_]/.test(name)) refuse("index_name must start with [A-Za-z_] / index_name 必须以字母或下划线开头");
  if (!/^\w+$/.test(name)) refuse("index_name only supports [A-Za-z0-9_] / index_name 仅支持字母数字下划线");
  if (name.startsWith("_vulcan_")) refuse("reserved index_name prefix / 保留索引名前缀");
  return name;
}

/** Makes the index when there is no table of that name; an existing one keeps its tokenizer. */
export function ensureIndex(database: Database, name: string, mode: TokenizerMode, version: TokenizerVersion): void {
  if (tableExists(database, name)) rebuildWhenForeign(database, name, version);
  else createIndex(database, name, mode, version);
}

/** Makes the index anew with the wanted tokenizer. Answers how many rows it read. */
export function rebuildIndex(database: Database, name: string, mode: TokenizerMode, version: TokenizerVersion): number {
  if (!tableExists(database, name)) {
    createIndex(database, name, mode, version);
    return 0;
  }
  const documents = database.rows(`SELECT id, file_path, title, content FROM "${name}" ORDER BY rowid`);
  inTransaction(database, () => {
    database.execute(`DROP TABLE "${name}"`);
    createIndex(database, name, mode, version);
    // Natively each row goes in by upsert, so of rows with one id the last is left; deleting row by row would scan the
    // whole index each time.
    const lastOf = new Map(documents.map(([id], i) => [String(id ?? ""), i]));
    for (const [i, [id, path, title, content]] of documents.entries()) {
      if (lastOf.get(String(id ?? "")) !== i) continue;
      insertDocument(database, name, {
        id: String(id ?? ""),
        file_path: String(path ?? ""),
        title: String(title ?? ""),
        content: String(content ?? ""),
      });
    }
  });
  return documents.length;
}

/** Answers how many rows changed: one more than were replaced. */
export function putDocument(database: Database, name: string, document: FtsDocument): number {
  const removed = deleteDocument(database, name, document.id);
  insertDocument(database, name, document);
  return removed + 1;
}

export function deleteDocument(database: Database, name: string, id: string): number {
  database.execute(`DELETE FROM "${name}" WHERE id = ?1`, id);
  return database.changes;
}

export function searchIndex(
  database: Database,
  name: string,
  query: Tokenized,
  limit: number,
  offset: number,
): { total: number; hits: LuaValue[] } {
  const count = database.rows(`SELECT count(*) FROM "${name}" WHERE "${name}" MATCH ?1`, query.fts_query);
  const total = Number(count[0]?.[0] ?? 0);
  // bm25's weights meet the two unindexed columns, so they change nothing; scores are visible, so they stay.
  const rows = database.rows(
    `SELECT id, file_path, title, highlight("${name}", 2, '<mark>', '</mark>'),
       snippet("${name}", 3, '<mark>', '</mark>', '...', 12), bm25("${name}", 2.0, 1.0) AS raw_score
     FROM "${name}" WHERE "${name}" MATCH ?1 ORDER BY raw_score ASC, file_path ASC, id ASC LIMIT ?2 OFFSET ?3`,
    query.fts_query,
    limit,
    offset,
  );
  const hits = rows.map(([id, path, title, highlight, snippet, raw], i) => ({
    id: String(id ?? ""),
    file_path: String(path ?? ""),
    title: String(title ?? ""),
    title_highlight: String(highlight ?? title ?? ""),
    content_snippet: String(snippet ?? ""),
    score: -Number(raw),
    rank: offset + i + 1,
    raw_score: Number(raw),
  }));
  return { total, hits };
}

function insertDocument(database: Database, name: string, { id, file_path, title, content }: FtsDocument): void {
  database.execute(
    `INSERT INTO "${name}"(id, file_path, title, content) VALUES(?1, ?2, ?3, ?4)`,
    id,
    file_path,
    title,
    content,
  );
}

function createIndex(database: Database, name: string, mode: TokenizerMode, version: TokenizerVersion): void {
  database.execute(
    `CREATE VIRTUAL TABLE IF NOT EXISTS "${name}" USING fts5(
       id UNINDEXED, file_path UNINDEXED, title, content, tokenize='${tokenizeOption[mode]}')`,
  );
  const made = version(mode);
  if (made === undefined) {
    if (tableExists(database, metaTable)) database.execute(`DELETE FROM ${metaTable} WHERE index_name = ?1`, name);
    return;
  }
  database.execute(`CREATE TABLE IF NOT EXISTS ${metaTable}(
    index_name TEXT PRIMARY KEY, tokenizer TEXT NOT NULL, version TEXT NOT NULL)`);
  database.execute(
    `INSERT INTO ${metaTable} VALUES(?1, ?2, ?3)
     ON CONFLICT(index_name) DO UPDATE SET tokenizer = excluded.tokenizer, version = excluded.version`,
    name,
    mode,
    made,
  );
}

/** An index whose words another version of the tokenizer cut would not be found by queries that ours cuts. */
function rebuildWhenForeign(database: Database, name: string, version: TokenizerVersion): void {
  if (!tableExists(database, metaTable)) return;
  const [row] = database.rows(`SELECT tokenizer, version FROM ${metaTable} WHERE index_name = ?1`, name);
  const mode = row?.[0];
  if (mode !== "jieba" && mode !== "segmenter") return;
  const current = version(mode);
  if (current === undefined || current === row?.[1]) return;
  if (!usesTokenizer(database, name, mode)) return;
  rebuildIndex(database, name, mode, version);
}

/** The table may have been dropped and made again by plain SQL since the note was written. */
function usesTokenizer(database: Database, name: string, mode: TokenizerMode): boolean {
  const [row] = database.rows("SELECT sql FROM sqlite_schema WHERE name = ?1", name);
  return String(row?.[0] ?? "").includes(tokenizeOption[mode]);
}

function tableExists(database: Database, name: string): boolean {
  return (
    database.rows("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?1 COLLATE NOCASE", name).length > 0
  );
}

function inTransaction(database: Database, work: () => void): void {
  database.execute("BEGIN IMMEDIATE");
  try {
    work();
    database.execute("COMMIT");
  } catch (error) {
    if (!database.autocommit) database.execute("ROLLBACK");
    throw error;
  }
}
