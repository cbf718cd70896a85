import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createNodeRuntime } from "../../../../platforms/node/node.ts";
import { connect, pair, startTestBridge, type TestBridge } from "../../../../testing/test-bridge.ts";

// The real SQLite of the system (Debian: libsqlite3-0), in the process the bridge starts for it (dist/bridge-sqlite.js).
const secret = "native-sqlite-secret";
let folder = "";
let test: TestBridge;
let lua: (code: string) => Promise<unknown>;
let close: () => Promise<void>;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "native-sqlite-"));
  await writeFile(path.join(folder, "outside.txt"), secret);
  test = await startTestBridge({ databases: path.join(folder, "databases") });
  const runtime = await createNodeRuntime({
    process: { kind: "bridge", url: test.bridge.url, token: await pair(test) },
    hostOptions: { sqlite_provider_mode: "host_callback" },
  });
  const skill = {
    "skill.yaml":
      "name: Notes\nversion: 1.0.0\nentries:\n  - { name: go, description: Goes, lua_entry: runtime/go.lua, lua_module: notes.go }\nsqlite: { enable: true }\n",
    "runtime/go.lua": `return function(args)
      local f = assert(load("local db = vulcan.sqlite " .. args.code))
      local results = table.pack(pcall(f))
      if not results[1] then return "ERROR " .. tostring(results[2]) end
      return vulcan.json.encode({ results[2] == nil and "nil" or results[2] })
    end`,
  };
  for (const [name, text] of Object.entries(skill)) await runtime.fs.write(`/runtime/skills/notes/${name}`, text);
  await runtime.skills.reload();
  lua = async (code) => {
    const { content } = await runtime.call("notes-go", { code });
    return content.startsWith("ERROR ") ? content : (JSON.parse(content) as unknown[])[0];
  };
  close = () => runtime.close();
});
afterAll(async () => {
  await close();
  await test.bridge.close();
  await rm(folder, { recursive: true, force: true });
});

describe("native SQLite through the bridge", () => {
  it("is the library of the system, in a file below --databases", async () => {
    expect(await lua(`return db.query_json({ sql = "SELECT sqlite_version() AS v" }).rows[1].v`)).toMatch(
      /^3\.\d+\.\d+$/,
    );
    const { directory } = test.log.find(({ event }) => event === "database") as { directory: string };
    const head = await readFile(path.join(directory, "skill.sqlite3"));
    expect(head.subarray(0, 15).toString()).toBe("SQLite format 3");
    expect(path.relative(path.join(folder, "databases"), directory).startsWith("..")).toBe(false);
  });

  it("runs scripts, batches and queries with every kind of value", async () => {
    expect(
      await lua(`db.execute_script({ sql = "CREATE TABLE t(a INTEGER, b REAL, c TEXT, d BLOB); INSERT INTO t VALUES(1, 2.5, 'x', x'00ff')" })
        local one = db.execute_script({ sql = "INSERT INTO t VALUES(?, ?, ?, ?)", params = {
          { kind = "int64", value = "9007199254740993" }, { kind = "float64", value = 3 }, "é", { kind = "bytes", value = {} } } })
        local many = db.execute_batch({ sql = "INSERT INTO t(a, c) VALUES(?, ?)", items = { { 5, "five" }, { 6, "six" } } })
        local read = db.query_json({ sql = "SELECT * FROM t ORDER BY rowid" })
        return { one.rows_changed, one.last_insert_rowid, many.rows_changed, read.row_count, read.json_data }`),
    ).toEqual([
      1,
      2,
      2,
      4,
      '[{"a":1,"b":2.5,"c":"x","d":[0,255]},{"a":9007199254740993,"b":3.0,"c":"é","d":[]},{"a":5,"b":null,"c":"five","d":null},{"a":6,"b":null,"c":"six","d":null}]',
    ]);
  });

  it("tells errors with the statement and the place, and how many parameters are wanted", async () => {
    expect(await lua(`db.query_json({ sql = "SELEC 1" })`)).toContain(
      'near "SELEC": syntax error in SELEC 1 at offset 0',
    );
    expect(await lua(`db.query_json({ sql = "SELECT ?, ?", params = { 1 } })`)).toContain(
      "Wrong number of parameters passed to query. Got 1, needed 2",
    );
    expect(await lua(`db.execute_batch({ sql = "DELETE FROM nothing" })`)).toContain(
      "items must be an array of arrays",
    );
  });

  it("every call has a fresh connection", async () => {
    expect(
      await lua(`db.execute_script({ sql = "CREATE TEMP TABLE gone(a); BEGIN; CREATE TABLE taken_back(a)" })
        return db.query_json({ sql = "SELECT name FROM sqlite_schema WHERE name = 'taken_back' UNION ALL SELECT name FROM temp.sqlite_schema" }).row_count`),
    ).toBe(0);
  });

  it("streams a result as Arrow", async () => {
    expect(
      await lua(`local s = db.query_stream({ sql = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 3000) SELECT i FROM n" })
        local m = db.query_stream_wait_metrics({ stream_id = s.stream_id })
        local first = db.query_stream_chunk({ stream_id = s.stream_id, index = 0 })
        return { m.row_count, first.byte_count > 1000, db.query_stream_close({ stream_id = s.stream_id }).success }`),
    ).toEqual([3000, true, true]);
  });

  it("searches with SQLite's tokenizer, and with the ones registered from JavaScript", async () => {
    for (const [mode, text, query] of [
      ["none", "Café au lait", "cafe"],
      ["jieba", "我来到北京清华大学", "北京"],
      ["segmenter", "The quick brown fox", "quick"],
    ] as const) {
      const code = `local mode = "${mode}"
        db.ensure_fts_index({ index_name = "i_" .. mode, tokenizer_mode = mode })
        db.upsert_fts_document({ index_name = "i_" .. mode, tokenizer_mode = mode, id = "1", file_path = "a.md", title = "t", content = "${text}" })
        db.upsert_fts_document({ index_name = "i_" .. mode, tokenizer_mode = mode, id = "2", file_path = "b.md", title = "t", content = "zzz" })
        local again = db.rebuild_fts_index({ index_name = "i_" .. mode, tokenizer_mode = mode }).reindexed_rows
        local found = db.search_fts({ index_name = "i_" .. mode, tokenizer_mode = mode, query = "${query}" })
        local removed = db.delete_fts_document({ index_name = "i_" .. mode, id = "1" }).affected_rows
        return { again, found.total, found.hits[1].id, found.hits[1].content_snippet:find("<mark>", 1, true) ~= nil, removed }`;
      expect([mode, await lua(code)]).toEqual([mode, [2, 1, "1", true, 1]]);
    }
  });

  it("knows words of the skill's own", async () => {
    expect(
      await lua(`db.upsert_custom_word({ word = "田柾国", weight = 10 })
        local cut = db.tokenize_text({ text = "田柾国喜欢", tokenizer_mode = "jieba" }).tokens
        local total = db.list_custom_words().total
        return { cut[1], total, db.remove_custom_word({ word = "田柾国" }).affected_rows }`),
    ).toEqual(["田柾国", 1, 1]);
  });

  it.each([
    ["another file", `ATTACH '@/databases/other.db' AS o`, /cannot open other files/],
    ["a name that is computed", `ATTACH ('@/' || 'x.db') AS o`, /cannot open other files/],
    ["a copy elsewhere", `VACUUM INTO '@/copy.db'`, /cannot open other files/],
    ["code of an extension", `SELECT load_extension('@/x.so')`, /not authorized|load_extension/],
    ["a file by a function", `SELECT readfile('@/outside.txt')`, /no such function/],
    ["temporary files elsewhere", `PRAGMA temp_store_directory = '@'`, /is the host's to set/],
    ["its own schema by hand", `PRAGMA writable_schema = ON; DELETE FROM sqlite_schema`, /may not be modified/],
    [
      "pointers as tokenizers",
      `SELECT fts3_tokenizer('simple', x'4141414141414141')`,
      /fts3_tokenizer|no such function|disabled/,
    ],
    ["the memory of all", `PRAGMA hard_heap_limit = 1`, /heap limits/],
  ])("refuses %s", async (_, sql, refusal) => {
    expect(await lua(`db.execute_script({ sql = ${JSON.stringify(sql.replaceAll("@", folder))} })`)).toMatch(refusal);
    expect(await readFile(path.join(folder, "outside.txt"), "utf8")).toBe(secret);
  });

  it("a statement without end is ended with its call, and the database is whole afterwards", async () => {
    test.bridge.renewPairingCode();
    const link = await connect(test);
    const ask = (sql: string, signal?: AbortSignal) =>
      link.call(
        "databases",
        "sqlite",
        { action: "execute_script", binding: { binding_tag: "ROOT-notes" }, input: { sql } },
        signal ? { signal } : {},
      );
    await ask("CREATE TABLE IF NOT EXISTS kept(a); INSERT INTO kept VALUES(1)");
    const stop = new AbortController();
    const endless = ask(
      "BEGIN; INSERT INTO kept VALUES(2); WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT sum(i) FROM n",
      stop.signal,
    );
    await new Promise((resolve) => setTimeout(resolve, 300));
    stop.abort();
    await expect(endless).rejects.toThrow();
    await expect.poll(() => lua(`return db.query_json({ sql = "SELECT count(*) AS n FROM kept" }).rows[1].n`)).toBe(1);
    link.close();
  });

  it("does not follow a link that was put where a database should be", async () => {
    const root = path.join(folder, "linked");
    await mkdir(root, { recursive: true });
    const bridge = await startTestBridge({ databases: root });
    const link = await connect(bridge);
    await mkdir(path.join(root, "native", "ROOT-x"), { recursive: true });
    await mkdir(path.join(folder, "elsewhere"), { recursive: true });
    await symlink(path.join(folder, "elsewhere"), path.join(root, "native", "ROOT-x", "sqlite"));
    const asked = link.call("databases", "sqlite", {
      action: "execute_script",
      binding: { binding_tag: "ROOT-x" },
      input: { sql: "CREATE TABLE t(a)" },
    });
    await expect(asked).rejects.toThrow(/unable to open database file/);
    link.close();
    await bridge.bridge.close();
  });
});
