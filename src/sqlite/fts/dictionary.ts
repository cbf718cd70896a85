/**
 * The custom words of a skill: an ordinary table of its database (databases.md §9.3–9.6).
 * @module
 */
import type { LuaValue } from "../../lua/interface.ts";
import type { Database } from "../database.ts";
import { trimmed } from "../input.ts";

const now = "strftime('%Y-%m-%dT%H:%M:%fZ', 'now')";

const table = `CREATE TABLE IF NOT EXISTS _vulcan_dict(
  word TEXT PRIMARY KEY,
  weight INTEGER NOT NULL DEFAULT 1,
  enabled INTEGER NOT NULL DEFAULT 1,
  created_at TEXT NOT NULL DEFAULT (${now}),
  updated_at TEXT NOT NULL DEFAULT (${now})
)`;

export interface CustomWord {
  readonly word: string;
  /** At least 1. */
  readonly weight: number;
}

export function createDictionary(database: Database): void {
  database.execute(table);
}

/** Echoes word and weight as they were given. */
export function upsertWord(database: Database, word: string, weight: number): LuaValue {
  database.execute(
    `INSERT INTO _vulcan_dict(word, weight, enabled) VALUES(?1, ?2, 1)
     ON CONFLICT(word) DO UPDATE SET weight = excluded.weight, enabled = 1, updated_at = ${now}`,
    trimmed(word),
    Math.max(1, weight),
  );
  return { success: true, affected_rows: database.changes, word, weight };
}

export function removeWord(database: Database, word: string): LuaValue {
  database.execute("DELETE FROM _vulcan_dict WHERE word = ?1", trimmed(word));
  return { success: true, affected_rows: database.changes, word };
}

/** Enabled words in byte order. */
export function customWords(database: Database): CustomWord[] {
  return database
    .rows(
      "SELECT word, max(1, CAST(weight AS INTEGER)) FROM _vulcan_dict WHERE enabled = 1 AND word IS NOT NULL ORDER BY word",
    )
    .map(([word, weight]) => ({ word: String(word), weight: Number(weight) }));
}

export function listWords(database: Database): LuaValue {
  const words = customWords(database).map(({ word, weight }) => ({ word, weight }));
  return { success: true, total: words.length, words };
}
