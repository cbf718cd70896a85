/**
 * What SQL of a skill may not do, whatever it has been granted: settings of all databases together, limits of the host, and
 * functions that reach out of SQLite.
 * @module
 */

export type SqlAction = "sql.pragma" | "sql.function";

/** Refused when they are given a value. */
const hostPragmas: ReadonlySet<string> = new Set([
  "data_store_directory",
  "hard_heap_limit",
  "max_page_count",
  "soft_heap_limit",
  "temp_store_directory",
]);

const outsideFunctions: ReadonlySet<string> = new Set([
  "edit",
  "fts3_tokenizer",
  "load_extension",
  "readfile",
  "writefile",
]);

/** The text of the refusal; undefined when it is allowed. */
export function sqlRefusal(action: SqlAction, name: string, hasValue: boolean): string | undefined {
  const folded = name.toLowerCase();
  if (action === "sql.pragma") {
    return hasValue && hostPragmas.has(folded) ? `PRAGMA ${folded} is the host's to set` : undefined;
  }
  return outsideFunctions.has(folded) ? `the function ${folded} is not there for skills` : undefined;
}
