/**
 * Surface of `vulcan.sqlite` and `vulcan.lancedb`; their shapes are those of databases.md.
 * @module
 */
import { field, fn, type SurfaceEntry } from "./entry.ts";

const one = "(input: table): table";
const doc = (section: string) => `databases.md ${section}`;

export const databaseSurface: readonly SurfaceEntry[] = [
  field("sqlite.enabled", "boolean", doc("§6"), "S", "Whether the running skill has a SQLite database."),
  fn("sqlite.info", "(): table", doc("§6.3"), "S", "Facts about the database and its engine. Never raises."),
  fn("sqlite.status", "(): table", doc("§6.2"), "S", "Facts about the database. Never raises."),
  fn("sqlite.execute_script", one, doc("§7.5"), "S", "Runs `sql`, with `params` when it is one statement."),
  fn("sqlite.execute_batch", one, doc("§7.6"), "S", "Runs one statement for each row of `items`, all or nothing."),
  fn("sqlite.query_json", one, doc("§7.7"), "S", "Runs one query; answers `rows`."),
  fn("sqlite.query_stream", one, doc("§8.1"), "S", "Starts a query whose result comes in Arrow chunks."),
  fn("sqlite.query_stream_wait_metrics", one, doc("§8.2"), "S", "Waits for the end of a stream; answers its size."),
  fn("sqlite.query_stream_chunk", one, doc("§8.3"), "S", "One chunk of a stream as Base64."),
  fn("sqlite.query_stream_close", one, doc("§8.4"), "S", "Lets go of a stream."),
  fn("sqlite.tokenize_text", one, doc("§9.2"), "S", "Cuts a text into the words the index would see."),
  fn("sqlite.upsert_custom_word", one, doc("§9.4"), "S", "Adds a word to the skill's dictionary."),
  fn("sqlite.remove_custom_word", one, doc("§9.5"), "S", "Removes a word from the skill's dictionary."),
  fn("sqlite.list_custom_words", "(): table", doc("§9.6"), "S", "The words of the skill's dictionary."),
  fn("sqlite.ensure_fts_index", one, doc("§10.2"), "S", "Creates a full-text index unless it is there."),
  fn("sqlite.rebuild_fts_index", one, doc("§10.3"), "S", "Makes a full-text index anew."),
  fn("sqlite.upsert_fts_document", one, doc("§10.4"), "S", "Puts a document into a full-text index."),
  fn("sqlite.delete_fts_document", one, doc("§10.5"), "S", "Takes a document out of a full-text index."),
  fn("sqlite.search_fts", one, doc("§10.6"), "S", "Searches a full-text index."),

  field("lancedb.enabled", "boolean", doc("§12.1"), "S", "Whether the running skill has a vector store."),
  fn("lancedb.info", "(): table", doc("§12.1"), "S", "Facts about the store. Never raises."),
  fn("lancedb.status", "(): table", doc("§12.1"), "S", "Facts about the store. Never raises."),
  fn("lancedb.create_table", one, doc("§12.3"), "S", "Creates a table with typed columns."),
  fn("lancedb.vector_upsert", one, doc("§12.4"), "S", "Adds rows, or replaces those with equal `key_columns`."),
  fn("lancedb.vector_search", one, doc("§12.5"), "S", "The rows nearest to a vector."),
  fn("lancedb.delete", one, doc("§12.6"), "S", "Deletes the rows a condition holds for."),
  fn("lancedb.drop_table", one, doc("§12.7"), "S", "Removes a table."),
];
