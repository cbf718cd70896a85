/** Surface of `vulcan.sqlite` and `vulcan.lancedb`; their shapes are those of databases.md. */
import { field, fn, type SurfaceEntry } from "../surface/entry.ts";

const one = "(input: table): table";
const doc = (section: string) => `databases.md ${section}`;

export const databaseSurface: readonly SurfaceEntry[] = [
  field("sqlite.enabled", "boolean", doc("§6"), "Whether the running skill has a SQLite database."),
  fn("sqlite.info", "(): table", doc("§6.3"), "Facts about the database and its engine. Never raises."),
  fn("sqlite.status", "(): table", doc("§6.2"), "Facts about the database. Never raises."),
  fn("sqlite.execute_script", one, doc("§7.5"), "Runs `sql`, with `params` when it is one statement."),
  fn("sqlite.execute_batch", one, doc("§7.6"), "Runs one statement for each row of `items`, all or nothing."),
  fn("sqlite.query_json", one, doc("§7.7"), "Runs one query; answers `rows`."),
  fn("sqlite.query_stream", one, doc("§8.1"), "Starts a query whose result comes in Arrow chunks."),
  fn("sqlite.query_stream_wait_metrics", one, doc("§8.2"), "Waits for the end of a stream; answers its size."),
  fn("sqlite.query_stream_chunk", one, doc("§8.3"), "One chunk of a stream as Base64."),
  fn("sqlite.query_stream_close", one, doc("§8.4"), "Lets go of a stream."),
  fn("sqlite.tokenize_text", one, doc("§9.2"), "Cuts a text into the words the index would see."),
  fn("sqlite.upsert_custom_word", one, doc("§9.4"), "Adds a word to the skill's dictionary."),
  fn("sqlite.remove_custom_word", one, doc("§9.5"), "Removes a word from the skill's dictionary."),
  fn("sqlite.list_custom_words", "(): table", doc("§9.6"), "The words of the skill's dictionary."),
  fn("sqlite.ensure_fts_index", one, doc("§10.2"), "Creates a full-text index unless it is there."),
  fn("sqlite.rebuild_fts_index", one, doc("§10.3"), "Makes a full-text index anew."),
  fn("sqlite.upsert_fts_document", one, doc("§10.4"), "Puts a document into a full-text index."),
  fn("sqlite.delete_fts_document", one, doc("§10.5"), "Takes a document out of a full-text index."),
  fn("sqlite.search_fts", one, doc("§10.6"), "Searches a full-text index."),

  field("lancedb.enabled", "boolean", doc("§12.1"), "Whether the running skill has a vector store."),
  fn("lancedb.info", "(): table", doc("§12.1"), "Facts about the store. Never raises."),
  fn("lancedb.status", "(): table", doc("§12.1"), "Facts about the store. Never raises."),
  fn("lancedb.create_table", one, doc("§12.3"), "Creates a table with typed columns."),
  fn("lancedb.vector_upsert", one, doc("§12.4"), "Adds rows, or replaces those with equal `key_columns`."),
  fn("lancedb.vector_search", one, doc("§12.5"), "The rows nearest to a vector."),
  fn("lancedb.delete", one, doc("§12.6"), "Deletes the rows a condition holds for."),
  fn("lancedb.drop_table", one, doc("§12.7"), "Removes a table."),
];
