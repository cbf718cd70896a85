// A skill's database in the built package: loaded by the worker when a skill wants it, durable, streamed.
import { createRuntime, type Runtime } from "../../../src/index.ts";
import { databaseTour, tourFacts } from "../../portable/database-tour.ts";
import { equal, test } from "../page.ts";

const manifest = `name: notes
version: 1.0.0
entries:
  - { name: add, lua_entry: runtime/add.lua, lua_module: notes.add }
  - { name: find, lua_entry: runtime/find.lua, lua_module: notes.find }
sqlite: { enable: true }
`;
const add = `return function(args)
  vulcan.sqlite.execute_script({ sql = "CREATE TABLE IF NOT EXISTS log(n INTEGER PRIMARY KEY, text TEXT)" })
  local n = vulcan.sqlite.execute_script({ sql = "INSERT INTO log(text) VALUES(?1)", params = { args.text } }).last_insert_rowid
  vulcan.sqlite.upsert_fts_document({ index_name = "notes", tokenizer_mode = "segmenter", id = tostring(n), file_path = "/" .. n, title = "", content = args.text })
  return tostring(n)
end`;
const find = `return function(args)
  local db = vulcan.sqlite
  local stream = db.query_stream({ sql = "SELECT text FROM log ORDER BY n" }).stream_id
  local metrics = db.query_stream_wait_metrics({ stream_id = stream })
  local hits = db.search_fts({ index_name = "notes", tokenizer_mode = "segmenter", query = args.query }).hits
  return vulcan.json.encode({ rows = metrics.row_count, found = hits[1] and hits[1].content_snippet or "nothing" })
end`;

async function start(name: string): Promise<Runtime> {
  const runtime = await createRuntime({
    storage: { kind: "indexeddb", name },
    workerUrl: "/dist/worker.js",
  });
  await runtime.fs.write("/runtime/skills/notes/skill.yaml", manifest);
  await runtime.fs.write("/runtime/skills/notes/runtime/add.lua", add);
  await runtime.fs.write("/runtime/skills/notes/runtime/find.lua", find);
  await runtime.skills.reload();
  return runtime;
}

test("a skill's rows and index are there after the runtime was started anew", async () => {
  const name = `databases-${crypto.randomUUID()}`;
  const first = await start(name);
  equal((await first.call("notes-add", { text: "milk and 北京烤鸭" })).content, "1");
  await first.close();
  const second = await start(name);
  equal((await second.call("notes-add", { text: "bread" })).content, "2");
  const { content } = await second.call("notes-find", { query: "北京" });
  equal(JSON.parse(content), { found: "milk and <mark>北京</mark>烤鸭", rows: 2 });
  const bytes = await second.fs.readBytes("/runtime/databases/sqlite/notes/notes.sqlite3");
  equal(new TextDecoder().decode(bytes.subarray(0, 15)), "SQLite format 3");
  await second.close();
});

test("the page looks into databases, takes them away and brings them back", async () => {
  const name = `databases-${crypto.randomUUID()}`;
  const storage = { kind: "indexeddb", name } as const;
  const runtime = await createRuntime({ storage, workerUrl: "/dist/worker.js" });
  equal(await databaseTour(runtime), tourFacts);
  await runtime.close();
});

test("what was imported is durable when the import resolves", async () => {
  const first = await start(`databases-${crypto.randomUUID()}`);
  await first.call("notes-add", { text: "milk" });
  const file = await first.databases.sqlite.export("notes");
  await first.close();
  const name = `databases-${crypto.randomUUID()}`;
  const second = await start(name);
  await second.databases.sqlite.import("notes", file);
  await second.close();
  const third = await start(name);
  equal((await third.databases.sqlite.query("notes", "SELECT text FROM log")).rows, [["milk"]]);
  equal((await third.call("notes-add", { text: "bread" })).content, "2");
  await third.close();
});
