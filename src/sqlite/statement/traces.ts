/**
 * What a statement may leave behind on its connection. Every call of a skill sees a fresh connection (databases.md §7.4);
 * ours stays open between calls, and is closed after those that could show.
 * @module
 */
import { countStatements } from "./statement-count.ts";

/** Pragmas that only read, or whose effect is stored in the file anyway. */
const harmlessPragma = new RegExp(
  String.raw`\bpragma\s+(?:\w+\s*\.\s*)?(?:${[
    "application_id",
    "collation_list",
    "compile_options",
    "data_version",
    "database_list",
    "encoding",
    "foreign_key_check",
    "foreign_key_list",
    "freelist_count",
    "function_list",
    "index_info",
    "index_list",
    "index_xinfo",
    "integrity_check",
    "module_list",
    "page_count",
    "pragma_list",
    "quick_check",
    "schema_version",
    "table_info",
    "table_list",
    "table_xinfo",
    "user_version",
  ].join("|")})\b`,
  "gi",
);

/** What the text of a call says about it. Skills send the same few texts over and over. */
export interface SqlFacts {
  /** By the lexical counter. */
  readonly statements: number;
  /** A setting of the connection may be different afterwards. Errs on the side of yes. */
  readonly changesSettings: boolean;
  /** A temporary table, view or trigger may be there afterwards. */
  readonly mayMakeTemporary: boolean;
  /** It can see how many rows an earlier statement changed. */
  readonly readsChanges: boolean;
  /** It can see how many rows the connection has changed since it was opened. */
  readonly readsTotalChanges: boolean;
  /** It may drop or rename the dictionary table, which every new connection makes again. */
  readonly mayRemoveDictionary: boolean;
  /** It can only read. */
  readonly isQuery: boolean;
  readonly mentionsJieba: boolean;
  /** It may set a limit of SQLite's memory, which all skills share. Errs on the side of yes. */
  readonly setsHeapLimit: boolean;
}

// allowed: a pure memo by text, of bounded size
const cache = new Map<string, SqlFacts>();
const cachedTexts = 256;
const longestCached = 8192;

export function sqlFacts(sql: string): SqlFacts {
  let facts = cache.get(sql);
  if (facts) return facts;
  facts = {
    statements: countStatements(sql),
    changesSettings: /\bpragma\b/i.test(sql) && /\bpragma\b/i.test(sql.replace(harmlessPragma, "")),
    mayMakeTemporary: /\btemp(?:orary)?\b/i.test(sql),
    readsChanges: /changes/i.test(sql),
    readsTotalChanges: /total_changes/i.test(sql),
    mayRemoveDictionary: /_vulcan_dict/i.test(sql) && /\b(?:drop|rename)\b/i.test(sql),
    isQuery: /^\s*select\b/i.test(sql) && !sql.includes(";"),
    mentionsJieba: /jieba/i.test(sql),
    setsHeapLimit: /heap_limit/i.test(sql) && /\bpragma\b/i.test(sql),
  };
  if (sql.length > longestCached) return facts;
  if (cache.size >= cachedTexts) cache.delete(cache.keys().next().value ?? "");
  cache.set(sql, facts);
  return facts;
}
