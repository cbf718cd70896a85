/**
 * `runtime.databases` used from end to end. What it finds is the same whether the engine is in a worker, in this process or
 * behind HTTP; each of those tests compares it with {@link tourFacts}.
 * @module
 */
import type { Runtime } from "../../src/contract/contract.ts";
import { LuaSkillsError } from "../../src/errors.ts";

const manifest = `name: Tour
version: 1.0.0
entries:
  - { name: fill, lua_entry: runtime/fill.lua, lua_module: tour.fill }
  - { name: count, lua_entry: runtime/count.lua, lua_module: tour.count }
sqlite: { enable: true }
lancedb: { enable: true }
`;
const fill = `return function()
  local db, vectors = vulcan.sqlite, vulcan.lancedb
  db.execute_script({ sql = "CREATE TABLE log(n INTEGER PRIMARY KEY, text TEXT, raw BLOB); CREATE VIEW long AS SELECT * FROM log WHERE length(text) > 3" })
  db.execute_batch({ sql = "INSERT INTO log VALUES(?1, ?2, ?3)", items = {
    { 1, "one", { kind = "bytes", value = { 0, 255 } } }, { { kind = "int64", value = "9007199254740993" }, "big", { kind = "float64", value = 0.5 } }, { 3, "three", { kind = "null" } } } })
  db.upsert_fts_document({ index_name = "notes", tokenizer_mode = "segmenter", id = "a", file_path = "/a", title = "A", content = "milk and bread" })
  vectors.create_table({ table_name = "points", columns = {
    { name = "id", column_type = "int64" }, { name = "label", column_type = "string" }, { name = "at", column_type = "vector_float32", vector_dim = 2 } } })
  vectors.vector_upsert({ table_name = "points", rows = {
    { id = 1, label = "near", at = { 0.5, 0.5 } }, { id = 2, label = "far", at = { 8, 8 } }, { id = 3, label = "none" } } })
  return "ok"
end`;
const count = `return function()
  local stream = vulcan.sqlite.query_stream({ sql = "SELECT 1" }).stream_id
  local found = vulcan.lancedb.vector_search({ table_name = "points", vector = { 0, 0 } }).rows
  return vulcan.sqlite.query_json({ sql = "SELECT count(*) AS n FROM log" }).json_data .. found
end`;

export async function databaseTour(runtime: Runtime): Promise<unknown> {
  const { databases, skills } = runtime;
  const { sqlite, lancedb } = databases;
  await writeSkill(runtime);
  await skills.reload();
  await runtime.call("tour-fill");
  const facts: Record<string, unknown> = {};
  facts.list = (await databases.list()).map(({ bytes, ...rest }) => ({ ...rest, hasBytes: bytes > 0 }));
  facts.tables = (await sqlite.tables("tour"))
    .filter(({ type, name }) => type !== "shadow" && !name.startsWith("_vulcan"))
    .map(({ name, type, rows, columns }) => `${type} ${name} ${rows} ${columns.map((each) => each.name).join(",")}`);
  facts.query = await sqlite.query("tour", "SELECT n, text, raw FROM log WHERE n >= ?1 ORDER BY n", [1]);
  facts.capped = await sqlite.query("tour", "SELECT n FROM log ORDER BY n", [], { maxRows: 1 });
  facts.odd = await sqlite.query("tour", "SELECT 9e999 AS x, ?1 AS x", [2n ** 62n]);
  facts.write = await refusal(sqlite.query("tour", "DELETE FROM log"));
  facts.wrong = await refusal(sqlite.query("tour", "SELECT é, nope FROM log"));
  facts.vectorTables = (await lancedb.tables("tour")).map(({ bytes, ...rest }) => ({ ...rest, hasBytes: bytes > 0 }));
  facts.rows = await lancedb.rows("tour", "points", { offset: 1, filter: "id > 0" });
  facts.search = await lancedb.search("tour", { table: "points", vector: new Float32Array([1, 1]), limit: 1 });
  facts.filter = await refusal(lancedb.rows("tour", "points", { filter: "id >" }));

  const [file, archive] = [await sqlite.export("tour"), await lancedb.export("tour")];
  facts.header = new TextDecoder().decode(file.subarray(0, 15));
  await skills.uninstall("tour");
  facts.kept = (await databases.list()).map(({ kind, loaded }) => ({ kind, loaded }));
  facts.keptRows = (await sqlite.query("tour", "SELECT count(*) FROM log")).rows;
  await writeSkill(runtime);
  await skills.reload();
  await skills.uninstall("tour", { removeSqlite: true, removeLancedb: true });
  facts.removed = await databases.list();
  facts.gone = await refusal(sqlite.export("tour"));

  await writeSkill(runtime);
  await skills.reload();
  facts.broken = await refusal(sqlite.import("tour", new TextEncoder().encode("not a database")));
  facts.brokenArchive = await refusal(lancedb.import("tour", file));
  await sqlite.import("tour", file);
  await lancedb.import("tour", archive);
  facts.back = (await runtime.call("tour-count")).content;
  facts.found = (await sqlite.query("tour", "SELECT id FROM notes WHERE notes MATCH 'bread'")).rows;
  await skills.uninstall("tour", { removeSqlite: true, removeLancedb: true });
  return facts;
}

async function writeSkill({ fs }: Runtime): Promise<void> {
  await fs.write("/runtime/skills/tour/skill.yaml", manifest);
  await fs.write("/runtime/skills/tour/runtime/fill.lua", fill);
  await fs.write("/runtime/skills/tour/runtime/count.lua", count);
}

async function refusal(work: Promise<unknown>): Promise<unknown> {
  try {
    await work;
  } catch (thrown) {
    if (thrown instanceof LuaSkillsError)
      return { code: thrown.code, message: thrown.message, offset: thrown.data.offset };
    throw thrown;
  }
  return "was not refused";
}

const columns = [
  { name: "id", type: "int64", nullable: true },
  { name: "label", type: "string", nullable: true },
  { name: "at", type: "vector_float32", nullable: true, dim: 2 },
];

/** What {@link databaseTour} answers. */
export const tourFacts = {
  list: [
    {
      kind: "sqlite",
      skillId: "tour",
      rootName: "ROOT",
      path: "/runtime/databases/sqlite/tour/tour.sqlite3",
      loaded: true,
      hasBytes: true,
    },
    {
      kind: "lancedb",
      skillId: "tour",
      rootName: "ROOT",
      path: "/runtime/databases/lancedb/tour",
      loaded: true,
      tables: ["points"],
      hasBytes: true,
    },
  ],
  tables: ["table log 3 n,text,raw", "view long null n,text,raw", "virtual notes 1 id,file_path,title,content"],
  query: {
    columns: ["n", "text", "raw"],
    rows: [
      [1, "one", Uint8Array.of(0, 255)],
      [3, "three", null],
      [9007199254740993n, "big", 0.5],
    ],
    truncated: false,
  },
  capped: { columns: ["n"], rows: [[1]], truncated: true },
  odd: { columns: ["x", "x"], rows: [[Number.POSITIVE_INFINITY, 2n ** 62n]], truncated: false },
  write: {
    code: "permission_denied",
    message:
      "DELETE may change the database, and a query only reads: SELECT, WITH, VALUES, EXPLAIN, or a PRAGMA that tells (table_info, index_list, …). To change data, call an entry of the skill or import a file",
    offset: undefined,
  },
  wrong: { code: "invalid_argument", message: "no such column: é", offset: 7 },
  vectorTables: [{ name: "points", rows: 3, version: 2, columns, hasBytes: true }],
  rows: {
    rows: [
      { id: 2, label: "far", at: [8, 8] },
      { id: 3, label: "none", at: null },
    ],
    total: 3,
    truncated: false,
  },
  search: { rows: [{ id: 1, label: "near", at: [0.5, 0.5], _distance: 0.5 }], total: 3, truncated: false },
  filter: {
    code: "invalid_argument",
    message: "lance error: Invalid user input: expected a value, but the filter ends",
    offset: undefined,
  },
  header: "SQLite format 3",
  kept: [
    { kind: "sqlite", loaded: false },
    { kind: "lancedb", loaded: false },
  ],
  keptRows: [[3]],
  removed: [],
  gone: {
    code: "not_found",
    message:
      "there is no SQLite database of a skill 'tour': no such skill is installed, and none was kept when one was uninstalled",
    offset: undefined,
  },
  broken: {
    code: "invalid_database",
    message:
      'these 14 bytes are no SQLite database: a file of SQLite begins with "SQLite format 3"; nothing was changed',
    offset: undefined,
  },
  brokenArchive: {
    code: "invalid_archive",
    message: "this is not a zip archive, or its end is missing",
    offset: undefined,
  },
  back: '[{"n":3}]2',
  found: [["a"]],
};
