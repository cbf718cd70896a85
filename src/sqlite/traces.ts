/**
 * What a statement may leave behind on its connection. Every call of a skill sees a fresh connection (databases.md §7.4);
 * ours stays open between calls, and is closed after those that could show.
 * @module
 */

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

/** A setting of the connection may be different now. Errs on the side of yes. */
export function changesSettings(sql: string): boolean {
  return /\bpragma\b/i.test(sql) && /\bpragma\b/i.test(sql.replace(harmlessPragma, ""));
}

/** A temporary table, view or trigger may be there now. */
export function mayMakeTemporary(sql: string): boolean {
  return /\btemp(?:orary)?\b/i.test(sql);
}

/** The text can see how many rows an earlier statement changed. */
export function readsChanges(sql: string): boolean {
  return /changes/i.test(sql);
}
