/** The methods of `vulcan.sqlite` that do something (databases.md §1). @module */
export const sqliteMethods = [
  "execute_script",
  "execute_batch",
  "query_json",
  "query_stream",
  "query_stream_wait_metrics",
  "query_stream_chunk",
  "query_stream_close",
  "tokenize_text",
  "upsert_custom_word",
  "remove_custom_word",
  "list_custom_words",
  "ensure_fts_index",
  "rebuild_fts_index",
  "upsert_fts_document",
  "delete_fts_document",
  "search_fts",
] as const;

export type SqliteMethod = (typeof sqliteMethods)[number];
