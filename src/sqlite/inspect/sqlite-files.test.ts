import { readFile } from "node:fs/promises";
import { beforeEach, describe, expect, it } from "vitest";
import { LuaSkillsError } from "../../errors.ts";
import { databasePath, TestAccess } from "../../testing/sqlite-access.ts";
import { MemoryTree } from "../../vfs/memory-tree.ts";
import type { EmbeddedSqlite } from "../embedded-sqlite.ts";

const path = databasePath("db");
const caller = { signal: new AbortController().signal };
const limits = { maxRows: 100, maxBytes: 1000 };
const saved = async () => {};

let access: TestAccess;
let files: EmbeddedSqlite["files"];

async function open(vfs = new MemoryTree()): Promise<TestAccess> {
  access = await TestAccess.open({ vfs });
  files = (access.provider as EmbeddedSqlite).files;
  return access;
}

/** A file with rows, as an export gives it. */
async function sample(rows = 500): Promise<Uint8Array> {
  const other = await TestAccess.open();
  await other.exec("CREATE TABLE t(a INTEGER PRIMARY KEY, b TEXT); CREATE INDEX tb ON t(b)");
  await other.exec(
    "INSERT INTO t SELECT value, 'row ' || value FROM (WITH RECURSIVE c(value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM c WHERE value < ?1) SELECT value FROM c)",
    [rows],
  );
  return (other.provider as EmbeddedSqlite).files.read(path, caller);
}

async function refusal(work: Promise<unknown>): Promise<LuaSkillsError> {
  const error = await work.then(
    () => undefined,
    (thrown) => thrown,
  );
  expect(error).toBeInstanceOf(LuaSkillsError);
  return error as LuaSkillsError;
}

beforeEach(async () => {
  await open();
  await access.exec("CREATE TABLE mine(x); INSERT INTO mine VALUES (1)");
});

const untouched = async () => {
  expect(await access.query("SELECT x FROM mine")).toBe('[{"x":1}]');
  expect(access.fs.list("/runtime/databases/sqlite/db")).toEqual(["db.sqlite3"]);
};

describe("import", () => {
  it("takes the place of the old database; streams of it are gone", async () => {
    const { stream_id } = await access.call("query_stream", { sql: "SELECT x FROM mine" });
    await files.replace(path, await sample(), saved, caller);
    expect(await access.query("SELECT count(*) AS n FROM t")).toBe('[{"n":500}]');
    expect(await access.fails("query_json", { sql: "SELECT x FROM mine" })).toMatch(/no such table: mine/);
    expect(await access.fails("query_stream_chunk", { stream_id, index: 0 })).toBe(
      `query stream handle not found: ${stream_id}`,
    );
    expect(access.fs.list("/runtime/databases/sqlite/db")).toEqual(["db.sqlite3"]);
  });

  it("takes a file in WAL mode and gives out one that is not", async () => {
    const wal = await sample();
    wal.set([2, 2], 18);
    await files.replace(path, wal, saved, caller);
    expect(await access.query("SELECT count(*) AS n FROM t")).toBe('[{"n":500}]');
    const out = await files.read(path, caller);
    expect([...out.subarray(18, 20)]).toEqual([1, 1]);
  });

  it.each([
    ["nothing", () => new Uint8Array(0), /these 0 bytes are no SQLite database/],
    ["text", () => new TextEncoder().encode("SELECT 1"), /begins with "SQLite format 3"/],
    [
      "half a file",
      (whole: Uint8Array) => whole.slice(0, whole.length / 2 + 100),
      /cut short: \d+ bytes are not whole pages/,
    ],
    ["too few pages", (whole: Uint8Array) => whole.slice(0, 4096 * 2), /malformed|damaged|cannot be used/],
    ["a page of noise", (whole: Uint8Array) => whole.fill(0xa5, 4096 * 2, 4096 * 3), /damaged|cannot be used/],
    ["a wrong schema", (whole: Uint8Array) => whole.fill(0xff, 100, 4096), /cannot be used/],
  ])("refuses %s and leaves everything as it was", async (_, spoil, message) => {
    const error = await refusal(files.replace(path, spoil(await sample()), saved, caller));
    expect(error.code).toBe("invalid_database");
    expect(error.message).toMatch(message);
    expect(error.message).toMatch(/nothing was changed$/);
    await untouched();
  });

  it("refuses an index that does not agree with its table, and says which", async () => {
    const bytes = await sample(3);
    const at = new TextDecoder("latin1").decode(bytes).lastIndexOf("row 2");
    bytes[at] = "q".charCodeAt(0);
    const error = await refusal(files.replace(path, bytes, saved, caller));
    expect(error.message).toMatch(/the SQLite file is damaged: .*index tb/);
    expect(error.data.problems).toBeInstanceOf(Array);
  });

  it("brings the old database back when it cannot be made durable", async () => {
    const failing = async () => {
      throw new LuaSkillsError("quota_exceeded", "the disk is full");
    };
    expect((await refusal(files.replace(path, await sample(), failing, caller))).code).toBe("quota_exceeded");
    await untouched();
  });

  it("says that a file does not fit", async () => {
    await open(new MemoryTree({ quotaBytes: 300_000 }));
    await access.exec("CREATE TABLE mine(x); INSERT INTO mine VALUES (1)");
    const error = await refusal(files.replace(path, await sample(8000), saved, caller));
    expect(error.code).toBe("quota_exceeded");
    await untouched();
  });

  it("replaces a file that does not open any more", async () => {
    const bytes = await sample();
    access.provider.closeAll();
    access.fs.writeFile(path, new Uint8Array(4096).fill(1));
    await files.replace(path, bytes, saved, caller);
    expect(await access.query("SELECT count(*) AS n FROM t")).toBe('[{"n":500}]');
  });

  it("checks the rest of a file whose index needs a tokenizer that is not here", async () => {
    const jieba = await WebAssembly.compile(await readFile("node_modules/jieba-wasm/pkg/web/jieba_rs_wasm_bg.wasm"));
    const other = await TestAccess.open({ jieba });
    await other.exec(
      "CREATE TABLE t(a INTEGER PRIMARY KEY, b TEXT); INSERT INTO t VALUES (1, 'row'); CREATE INDEX tb ON t(b)",
    );
    const words = { index_name: "words", tokenizer_mode: "jieba" };
    await other.call("upsert_fts_document", { ...words, id: "1", file_path: "/1", title: "", content: "北京烤鸭" });
    const bytes = await (other.provider as EmbeddedSqlite).files.read(path, caller);
    await files.replace(path, bytes, saved, caller);
    expect(await access.query("SELECT b FROM t")).toBe('[{"b":"row"}]');
    expect(await files.tables(path, caller)).toContainEqual(expect.objectContaining({ name: "words", rows: 1 }));
    bytes[new TextDecoder("latin1").decode(bytes).lastIndexOf("row")] = "q".charCodeAt(0);
    expect((await refusal(files.replace(path, bytes, saved, caller))).message).toMatch(/damaged/);
  });
});

describe("query", () => {
  const query = (sql: string, params: Parameters<typeof files.query>[2] = []) =>
    files.query(path, sql, params, limits, caller);

  it.each([
    "SELECT 1",
    "  -- a comment\n/* another */ select 1",
    "WITH a(x) AS (VALUES (1)) SELECT x FROM a",
    "VALUES (1)",
  ])("runs %j", async (sql) => {
    expect((await query(sql)).rows).toEqual([[1]]);
  });

  it.each(["", "-- nothing", ";"])("has no rows for %j", async (sql) => {
    expect(await query(sql)).toEqual({ columns: [], rows: [], truncated: false });
  });

  it.each([
    "INSERT INTO mine VALUES (2)",
    "WITH a(x) AS (VALUES (2)) INSERT INTO mine SELECT x FROM a",
    "DROP TABLE mine",
    "ATTACH '/runtime/other.sqlite3' AS other",
    "VACUUM INTO '/runtime/copy'",
    "BEGIN",
    "PRAGMA user_version = 7",
    "PRAGMA query_only = OFF",
    "PRAGMA hard_heap_limit = 1",
    "PRAGMA journal_mode = WAL",
    "REPLACE INTO mine VALUES (2)",
    "CREATE TEMP TABLE x(y)",
  ])("refuses %s", async (sql) => {
    expect((await refusal(query(sql))).code).toBe("permission_denied");
    await untouched();
    expect(access.fs.stat("/runtime/other.sqlite3")).toBeUndefined();
  });

  it("tells what a PRAGMA tells, and how a write would run", async () => {
    expect((await query("PRAGMA table_info(mine)")).rows).toEqual([[0, "x", "", 0, null, 0]]);
    expect((await query("EXPLAIN QUERY PLAN DELETE FROM mine")).columns).toContain("detail");
    await untouched();
  });

  it("takes one statement, and parameters of every kind", async () => {
    expect((await refusal(query("SELECT 1; DROP TABLE mine"))).message).toMatch(/one statement at a time/);
    const values = [null, 1, 2n ** 62n, 1.5, "ü", true, Uint8Array.of(7)];
    const { rows } = await query("SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7", values);
    expect(rows).toEqual([[null, 1, 2n ** 62n, 1.5, "ü", 1, Uint8Array.of(7)]]);
    expect((await refusal(query("SELECT ?1"))).message).toMatch(/Wrong number of parameters/);
    expect((await refusal(query("SELECT ?1", [{} as never]))).message).toMatch(/params\[0\] must be/);
    expect((await refusal(query("SELECT ?1", [2n ** 64n]))).message).toMatch(/does not fit into 64 bits/);
  });

  it("gives text that is not UTF-8 as bytes, and stops at rows and bytes", async () => {
    expect((await query("SELECT CAST(x'ff41' AS TEXT)")).rows).toEqual([[Uint8Array.of(0xff, 0x41)]]);
    const many = "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) SELECT n";
    expect(await query(`${many} FROM c`)).toMatchObject({ truncated: true, rows: { length: 100 } });
    expect((await query(`${many}, printf('%.*c', 400, 'x') FROM c`)).rows.length).toBe(3);
  });

  it("ends with its time and hears the end of its caller", async () => {
    const endless = "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) SELECT count(*) FROM c";
    const error = await refusal(files.query(path, endless, [], limits, { ...caller, isOver: () => true }));
    expect(error.code).toBe("deadline_exceeded");
    await untouched();
  });

  it("lists tables with their columns; what is broken has none", async () => {
    await access.exec("CREATE VIEW lost AS SELECT * FROM nowhere; CREATE TABLE two(id TEXT PRIMARY KEY, n INT)");
    const tables = (await files.tables(path, caller)).filter(({ name }) => !name.startsWith("_vulcan"));
    expect(tables).toEqual([
      { name: "lost", type: "view", columns: [], rows: null },
      { name: "mine", type: "table", columns: [{ name: "x", type: "", primaryKey: false }], rows: 1 },
      {
        name: "two",
        type: "table",
        columns: [
          { name: "id", type: "TEXT", primaryKey: true },
          { name: "n", type: "INT", primaryKey: false },
        ],
        rows: 0,
      },
    ]);
  });
});
