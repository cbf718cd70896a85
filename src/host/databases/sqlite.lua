-- The tables behind vulcan.sqlite (vulcan-api.md §15): fresh for every scope, methods shared. `exports.sqlite_table(skill)` takes the
-- skill record of the scope driver, or nil when no skill runs.
local host, primitives = ...
local methods = {
  "execute_script", "execute_batch", "query_json", "query_stream", "query_stream_wait_metrics", "query_stream_chunk",
  "query_stream_close", "tokenize_text", "upsert_custom_word", "remove_custom_word", "list_custom_words",
  "ensure_fts_index", "rebuild_fts_index", "upsert_fts_document", "delete_fts_document", "search_fts",
}
primitives.exports.sqlite_table = primitives.exports.database_tables("sqlite", methods, host)
