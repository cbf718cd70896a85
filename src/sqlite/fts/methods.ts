/**
 * The full-text methods: their fields, checks and answers (databases.md §10).
 * @module
 */
import type { SqliteMethod } from "../../databases/sqlite-methods.ts";
import type { LuaValue } from "../../lua/interface.ts";
import type { Database } from "../database.ts";
import { type Input, optionalCount, optionalText, refuseNul, requiredText } from "../input.ts";
import {
  checkedIndexName,
  deleteDocument,
  ensureIndex,
  putDocument,
  rebuildIndex,
  searchIndex,
  type TokenizerVersion,
} from "./fts.ts";
import { readMode, type Segmenters, tokenizeText } from "./tokenize-text.ts";
import { jiebaVersion } from "./tokenizers/jieba-wasm.ts";

const defaultLimit = 10;
const mostHits = 200;

/** A checked request, ready to run. */
export interface Plan {
  /** How often the operation's name stands before a failure. */
  readonly wraps: number;
  readonly work: (database: Database) => LuaValue;
}

export class FtsMethods {
  readonly #segmenters: Segmenters;

  constructor(segmenters: Segmenters) {
    this.#segmenters = segmenters;
  }

  /** @throws Error for a missing or unusable field */
  plan(method: SqliteMethod, input: Input): Plan {
    const given = requiredText(input, "index_name");
    switch (method) {
      case "ensure_fts_index":
        return this.#ensure(given, input);
      case "rebuild_fts_index":
        return this.#rebuild(given, input);
      case "upsert_fts_document":
        return this.#upsert(given, input);
      case "delete_fts_document":
        return this.#delete(given, input);
      case "search_fts":
        return this.#search(given, input);
      default:
        throw new Error(`unknown sqlite method: ${method}`);
    }
  }

  readonly #version: TokenizerVersion = (mode) => {
    if (mode === "none") return undefined;
    return mode === "jieba" ? jiebaVersion : this.#segmenters.segmenter().version;
  };

  #ensure(given: string, input: Input): Plan {
    return this.#onIndex(given, input, (database, name, mode) => {
      ensureIndex(database, name, mode, this.#version);
      return {};
    });
  }

  #rebuild(given: string, input: Input): Plan {
    return this.#onIndex(given, input, (database, name, mode) => ({
      reindexed_rows: rebuildIndex(database, name, mode, this.#version),
    }));
  }

  #onIndex(
    given: string,
    input: Input,
    work: (database: Database, name: string, mode: ReturnType<typeof readMode>) => { readonly [key: string]: LuaValue },
  ): Plan {
    const mode = readMode(input);
    refuseNul({ index_name: given });
    return {
      wraps: 2,
      work: (database) => {
        if (mode === "jieba") this.#segmenters.jieba();
        const more = work(database, checkedIndexName(given), mode);
        return { success: true, index_name: given, tokenizer_mode: mode, ...more };
      },
    };
  }

  #upsert(given: string, input: Input): Plan {
    const mode = readMode(input);
    const id = requiredText(input, "id");
    const document = {
      id,
      file_path: requiredText(input, "file_path"),
      title: optionalText(input, "title"),
      content: optionalText(input, "content"),
    };
    refuseNul({ index_name: given, ...document });
    return {
      wraps: 2,
      work: (database) => {
        const name = checkedIndexName(given);
        if (mode === "jieba") this.#segmenters.jieba();
        ensureIndex(database, name, mode, this.#version);
        const affected = putDocument(database, name, document);
        return { success: true, affected_rows: affected, index_name: given, id };
      },
    };
  }

  #delete(given: string, input: Input): Plan {
    const id = requiredText(input, "id");
    refuseNul({ index_name: given, id });
    return {
      wraps: 2,
      work: (database) => {
        const affected = deleteDocument(database, checkedIndexName(given), id);
        return { success: true, affected_rows: affected, index_name: given, id };
      },
    };
  }

  #search(given: string, input: Input): Plan {
    const mode = readMode(input);
    const query = requiredText(input, "query");
    refuseNul({ index_name: given, query });
    const limit = Math.min(mostHits, Math.max(1, optionalCount(input, "limit") ?? defaultLimit));
    const offset = optionalCount(input, "offset") ?? 0;
    return {
      wraps: 1,
      work: (database) => {
        const name = checkedIndexName(given);
        const tokenized = tokenizeText(query, mode, true, this.#segmenters);
        ensureIndex(database, name, mode, this.#version);
        const { total, hits } = searchIndex(database, name, tokenized, limit, offset);
        return {
          success: true,
          index_name: given,
          tokenizer_mode: mode,
          source: "sqlite_fts",
          query_mode: "fts",
          total,
          hits,
          normalized_query: tokenized.normalized_text,
          fts_query: tokenized.fts_query,
        };
      },
    };
  }
}
