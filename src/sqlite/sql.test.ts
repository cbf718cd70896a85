import { describe, expect, it } from "vitest";
import { bindingOf, databasePath, TestAccess } from "../testing/sqlite-access.ts";
import { MemoryBackend } from "../vfs/backends/memory.ts";
import { TreeStore } from "../vfs/tree-store.ts";
import { decimalReal, jsonReal } from "./statement/number-text.ts";
import { countStatements } from "./statement/statement-count.ts";

// The cases of sqlite-core.yaml without Lua: same SQL, same answers.
describe("parameters", () => {
  it("keep their types", async () => {
    const db = await TestAccess.open();
    expect(
      await db.query("SELECT typeof(?1) AS a, typeof(?2) AS b, typeof(?3) AS c, typeof(?4) AS d, ?5 AS e, ?6 AS f", [
        3,
        2.5,
        "3",
        true,
        false,
        -7,
      ]),
    ).toBe('[{"a":"integer","b":"real","c":"text","d":"integer","e":0,"f":-7}]');
    expect(await db.query("SELECT typeof(?1) AS t, length(?1) AS n", [{ kind: "bytes", base64: "AAE=" }])).toBe(
      '[{"n":2,"t":"blob"}]',
    );
    expect(await db.query("SELECT typeof(?1) AS t", [{ kind: " FLOAT64", value: 3 }])).toBe('[{"t":"real"}]');
    expect(await db.query("SELECT ?1 AS a", [{ kind: "bytes", value: [] }])).toBe('[{"a":[]}]');
    expect(await db.query("SELECT :b AS x, @a AS y, $c AS z, :b AS w", ["1st", "2nd", "3rd"])).toBe(
      '[{"w":"1st","x":"1st","y":"2nd","z":"3rd"}]',
    );
  });

  it("carry integers of 64 bits", async () => {
    const db = await TestAccess.open();
    const max = "9223372036854775807";
    expect(await db.query("SELECT ?1 AS v, ?1 - 1 AS w", [{ kind: "int64", value: max }])).toBe(
      `[{"v":${max},"w":9223372036854775806}]`,
    );
    const answer = await db.call(
      "query_json",
      `{"sql":"SELECT ?1 AS v, ?2 AS t","params":[-9223372036854775808,"[1,1234567890123456789]"]}`,
    );
    expect(answer.json_data).toBe('[{"t":"[1,1234567890123456789]","v":-9223372036854775808}]');
    expect(answer.rows).toEqual([{ v: -9223372036854775808n, t: "[1,1234567890123456789]" }]);
    expect(await db.fails("query_json", `{"sql":"SELECT ?1","params":[18446744073709551615]}`)).toBe(
      "params[0] contains an unsigned integer larger than i64",
    );
  });

  it.each([
    [{ kind: "bool", value: 1 }, "params[1].value must be a bool"],
    [{ kind: "int64", value: 1.5 }, "params[1].value must be an int64"],
    [{ kind: "int64", value: "x" }, "params[1].value must be an int64"],
    [{ kind: "float64", value: "1" }, "params[1].value must be a float64"],
    [{ kind: "string", value: 1 }, "params[1].value must be a string"],
    [{ kind: "bytes", value: "abc" }, "params[1].value must be a byte array or provide base64"],
    [{ kind: "bytes", base64: "***" }, "params[1].base64 is invalid: "],
    [{ kind: "bytes", value: [1, "a"] }, "params[1].value[1] must be an unsigned integer"],
    [{ kind: "bytes", value: [1, 2, 256] }, "params[1].value[2] exceeds u8"],
    [{ kind: "bytes", value: [-1] }, "params[1].value[0] must be an unsigned integer"],
    [{ kind: "Date", value: 1 }, "params[1].kind=date is unsupported"],
    [{ kind: 5 }, "params[1].kind is required for typed parameters"],
    [[], "params[1] must contain only scalar values"],
    [{ value: 1 }, "params[1] must contain only scalar values"],
    ["a\0b", "field `params[*].string` contains interior NUL bytes"],
  ])("refuse %j", async (parameter, message) => {
    const db = await TestAccess.open();
    expect(await db.fails("query_json", { sql: "SELECT ?1, ?2", params: [1, parameter] })).toContain(message);
  });

  it("are looked at for NUL last", async () => {
    const db = await TestAccess.open();
    const fails = (sql: string, params: unknown[]) => db.fails("query_json", { sql, params });
    expect(await fails("SELECT ?1, ?2", ["a\0b", []])).toBe("params[1] must contain only scalar values");
    expect(await fails("SELECT ?1\0", ["a\0b"])).toBe("field `params[*].string` contains interior NUL bytes");
    expect(await fails("SELECT ?1\0", [[]])).toBe("params[0] must contain only scalar values");
    const batch = { sql: "SELECT ?1", items: [["ok"], ["a\0b"]] };
    expect(await db.fails("execute_batch", batch)).toBe("field `params[*].string` contains interior NUL bytes");
  });

  it("must be as many as the statement has", async () => {
    const db = await TestAccess.open();
    const wrong = "Wrong number of parameters passed to query. Got";
    expect(await db.fails("query_json", { sql: "SELECT ?1" })).toBe(`sqlite query failed: ${wrong} 0, needed 1`);
    expect(await db.fails("execute_script", { sql: "SELECT 1", params: [1, 2, 3] })).toBe(
      `sqlite execute failed: ${wrong} 1, needed 0`,
    );
    await db.exec("CREATE TABLE t(a, b); INSERT INTO t VALUES(?1, 'kept')");
    expect(await db.query("SELECT * FROM t")).toBe('[{"a":null,"b":"kept"}]');
  });
});

describe("query_json", () => {
  it("sorts keys by bytes and keeps the kind of numbers", async () => {
    const db = await TestAccess.open();
    expect(await db.query('SELECT 1 AS b, 2 AS a, 3 AS B, 4 AS "é", 5 AS _, 6 AS "10", 7 AS "9", 8 AS b')).toBe(
      '[{"10":6,"9":7,"B":3,"_":5,"a":2,"b":8,"é":4}]',
    );
    expect(await db.query("SELECT 3.0 AS x, 9007199254740993 AS y, 1e3 AS z, 9e999 AS a, -9e999 AS b, 1e-7 AS c")).toBe(
      '[{"a":"inf","b":"-inf","c":1e-7,"x":3.0,"y":9007199254740993,"z":1000.0}]',
    );
    const { rows } = await db.call("query_json", {
      sql: "SELECT x'00FF' AS b, NULL AS n, CAST(x'C328' AS TEXT) AS bad, char(65279) || 'x' AS bom",
    });
    expect(rows).toEqual([{ b: [0, 255], bom: "\uFEFFx" }]);
  });

  it("knows NUL in text and text of a megabyte", async () => {
    const db = await TestAccess.open();
    const { rows } = await db.call("query_json", { sql: "SELECT 'a' || char(0) || 'b' AS t" });
    expect(rows).toEqual([{ t: "a\0b" }]);
    const big = "0123456789abcdé\n".repeat(65_536);
    await db.exec("CREATE TABLE t(a TEXT)");
    await db.exec("INSERT INTO t VALUES(?1)", [big]);
    const back = await db.call("query_json", { sql: "SELECT a, length(a) AS n FROM t" });
    expect((back.rows as Array<{ a: string; n: number }>)[0]).toEqual({ a: big, n: 1_048_576 });
  });

  it("says what SQLite says, with the place", async () => {
    const db = await TestAccess.open();
    await db.exec("CREATE TABLE t(a)");
    const fails = (sql: string): Promise<string> => db.fails("query_json", { sql });
    expect(await fails("SELEC 1")).toBe('sqlite prepare failed: near "SELEC": syntax error in SELEC 1 at offset 0');
    expect(await fails("SELECT nope FROM t")).toBe(
      "sqlite prepare failed: no such column: nope in SELECT nope FROM t at offset 7",
    );
    expect(await fails("SELECT * FROM missing")).toBe("sqlite prepare failed: no such table: missing");
    expect(await fails("SELECT abs(-9223372036854775808)")).toBe("sqlite row fetch failed: integer overflow");
    expect(await fails("SELECT 'é' || nope2")).toContain("in SELECT 'é' || nope2 at offset 15");
    expect(await db.fails("execute_script", { sql: "SELECT 1; CREATE TABLE t(a)" })).toBe(
      "sqlite execute_batch failed: table t already exists in  CREATE TABLE t(a) at offset 14",
    );
    expect(await db.query('SELECT "abc" AS x')).toBe('[{"x":"abc"}]');
  });

  it("stops at its limits", async () => {
    const db = await TestAccess.open({ maxResultBytes: 1000, maxCallMs: 50 });
    const endless = "WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c) SELECT";
    expect(await db.fails("query_json", { sql: `${endless} i FROM c` })).toContain("exceeds 1000 bytes");
    expect(await db.fails("query_json", { sql: `${endless} count(*) FROM c` })).toBe(
      "sqlite row fetch failed: interrupted",
    );
    expect(await db.query("SELECT 1 AS a")).toBe('[{"a":1}]');
  });
});

describe("execute_script and execute_batch", () => {
  it("report what they did", async () => {
    const db = await TestAccess.open();
    const done = "script executed successfully";
    expect(
      await db.exec("CREATE TABLE demo(id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT, score REAL, ok INTEGER)"),
    ).toEqual({ success: true, message: done, rows_changed: 0, last_insert_rowid: 0, statements_executed: 1 });
    expect(await db.exec("INSERT INTO demo(name, score, ok) VALUES(?1, ?2, ?3)", ["alpha", 7.5, true])).toEqual({
      success: true,
      message: "statement executed successfully (rows_changed=1)",
      rows_changed: 1,
      last_insert_rowid: 1,
      statements_executed: 1,
    });
    expect(
      await db.exec(
        "INSERT INTO demo(name) VALUES('b'); INSERT INTO demo(name) VALUES('c'), ('d'), ('e'); UPDATE demo SET ok = 0 WHERE id > 3",
      ),
    ).toEqual({ success: true, message: done, rows_changed: 2, last_insert_rowid: 5, statements_executed: 3 });
    expect(await db.exec("UPDATE demo SET ok = 1 WHERE id = ?1", [99])).toMatchObject({
      rows_changed: 0,
      last_insert_rowid: 0,
    });
  });

  it("keep what came before a failure; a batch keeps nothing", async () => {
    const db = await TestAccess.open();
    expect(
      await db.fails("execute_script", {
        sql: "CREATE TABLE t(a UNIQUE, b NOT NULL); INSERT INTO t VALUES(1, 1); INSERT INTO t VALUES(1, 1); INSERT INTO t VALUES(2, 2)",
      }),
    ).toBe("sqlite execute_batch failed: UNIQUE constraint failed: t.a");
    const sql = "INSERT INTO t VALUES(?1, ?2)";
    expect(
      await db.fails("execute_batch", {
        sql,
        items: [
          [5, 1],
          [1, 2],
        ],
      }),
    ).toBe("sqlite execute failed: UNIQUE constraint failed: t.a");
    expect(
      await db.fails("execute_batch", {
        sql,
        items: [
          [5, 1],
          [6, { kind: "null" }],
        ],
      }),
    ).toContain("NOT NULL");
    expect(await db.fails("execute_batch", { sql: "COMMIT", items: [[]] })).toContain("sqlite COMMIT failed: ");
    expect(await db.fails("execute_batch", { sql: "BEGIN", items: [[]] })).toContain(
      "cannot start a transaction within a transaction",
    );
    expect(await db.fails("execute_batch", { sql, items: [] })).toBe("items must not be empty");
    expect(await db.fails("execute_batch", { sql, items: [1] })).toBe("items[0] must be an array");
    expect(await db.query("SELECT a FROM t")).toBe('[{"a":1}]');
    const items = Array.from({ length: 2000 }, (_, i) => [`n${i}`, i + 0.5]);
    expect(await db.call("execute_batch", { sql, items })).toEqual({
      success: true,
      message: "batch executed successfully (statements_executed=2000 rows_changed=2000)",
      rows_changed: 2000,
      last_insert_rowid: 2001,
      statements_executed: 2000,
    });
  });

  it("apply RETURNING and complain; a batch takes it back", async () => {
    const db = await TestAccess.open();
    await db.exec("CREATE TABLE t(a)");
    const text = "sqlite execute failed: Execute returned results - did you mean to call query?";
    const sql = "INSERT INTO t VALUES(?1) RETURNING a";
    expect(await db.fails("execute_script", { sql, params: [1] })).toBe(text);
    expect(await db.fails("execute_batch", { sql, items: [[2]] })).toBe(text);
    expect(await db.query("INSERT INTO t VALUES(?1) RETURNING a * 10 AS x", [3])).toBe('[{"x":30}]');
    expect(await db.query("SELECT group_concat(a) AS g FROM t")).toBe('[{"g":"1,3"}]');
  });

  it("count statements lexically", async () => {
    expect(
      [
        "",
        " ; \n ",
        "SELECT 1",
        "SELECT 1; -- ignored ;\n/* hidden ; */ SELECT 2;",
        "SELECT ';', \"it\"\";\", 'x'';y'; SELECT 2",
        "SELECT 1 /* ; */ ; -- tail",
      ].map(countStatements),
    ).toEqual([0, 0, 1, 2, 2, 1]);
    expect(["/* open", "SELECT 1; /* open ", "/*", "\u0085;\ufeff"].map(countStatements)).toEqual([1, 1, 0, 1]);
    const db = await TestAccess.open();
    expect(await db.fails("query_json", { sql: "SELECT 1; SELECT 2" })).toBe(
      "query_json only supports a single SQL statement",
    );
    expect(await db.query("SELECT 3 AS a; -- done\n/* ; */ ;")).toBe('[{"a":3}]');
    const nothing = "bad parameter or other API misuse";
    const surplus = "Wrong number of parameters passed to query. Got 1, needed 0";
    expect(await db.fails("query_json", { sql: "-- x" })).toBe(`sqlite row fetch failed: ${nothing}`);
    expect(await db.fails("query_json", { sql: ";", params: [1, 2] })).toBe(`sqlite query failed: ${surplus}`);
    expect(await db.fails("execute_batch", { sql: ";", items: [[]] })).toBe(`sqlite execute failed: ${nothing}`);
    expect(await db.fails("execute_batch", { sql: ";", items: [[1]] })).toBe(`sqlite execute failed: ${surplus}`);
    await db.exec("CREATE TABLE t(a); CREATE TABLE log(a)");
    const trigger =
      "CREATE TRIGGER tr AFTER INSERT ON t BEGIN INSERT INTO log VALUES(new.a); INSERT INTO log VALUES(-new.a); END;";
    expect((await db.exec(trigger)).statements_executed).toBe(3);
    expect((await db.exec("INSERT INTO t VALUES(?1)", [5])).rows_changed).toBe(1);
    expect(await db.query("SELECT a FROM log ORDER BY a")).toBe('[{"a":-5},{"a":5}]');
  });
});

describe("every call", () => {
  it("sees a fresh connection", async () => {
    const db = await TestAccess.open();
    await db.exec("CREATE TABLE t(a)");
    await db.exec("BEGIN; INSERT INTO t VALUES(1);");
    expect(await db.query("SELECT count(*) AS n FROM t")).toBe('[{"n":0}]');
    expect(await db.fails("execute_script", { sql: "COMMIT" })).toContain("cannot commit - no transaction is active");
    await db.exec("CREATE TEMP TABLE tmp(a); INSERT INTO t VALUES(2), (3)");
    expect(await db.fails("query_json", { sql: "SELECT * FROM tmp" })).toContain("no such table: tmp");
    expect(await db.query("SELECT changes() AS c, last_insert_rowid() AS r")).toBe('[{"c":0,"r":0}]');
    await db.exec("PRAGMA foreign_keys=OFF; ATTACH ':memory:' AS other");
    expect(await db.query("PRAGMA foreign_keys")).toBe('[{"foreign_keys":1}]');
    expect(await db.query("PRAGMA database_list")).toBe(
      '[{"file":"/runtime/databases/sqlite/db/db.sqlite3","name":"main","seq":0}]',
    );
    expect(await db.query("SELECT total_changes() AS c")).toBe('[{"c":0}]');
    await db.exec("DROP TABLE _vulcan_dict");
    expect(await db.query("SELECT count(*) AS n FROM _vulcan_dict")).toBe('[{"n":0}]');
    await db.exec("PRAGMA user_version = 7; DROP TABLE _vulcan_dict");
    expect((await db.exec("CREATE TABLE u(a)")).rows_changed).toBe(0);
    expect(
      await db.query("SELECT count(*) AS n, (SELECT user_version FROM pragma_user_version) AS v FROM _vulcan_dict"),
    ).toBe('[{"n":0,"v":7}]');
  });

  it("reaches only the database of its skill", async () => {
    const db = await TestAccess.open();
    await db.provider.register(bindingOf("other"));
    await db.exec("CREATE TABLE t(a)");
    await expect(db.call("query_json", { sql: "SELECT * FROM t" }, "other")).rejects.toThrow("no such table: t");
    expect(db.provider.status(bindingOf("db"))).toMatchObject({
      library_name: "vldb-sqlite",
      ffi_stage: "sqlite-wasm",
    });
    expect(db.provider.info(bindingOf("db"))).toMatchObject({ library_info: { name: "vldb-sqlite" } });
    db.provider.closeAll();
    expect(await db.query("SELECT count(*) AS n FROM t")).toBe('[{"n":0}]');
    expect(await db.fails("query_rows")).toBe("sqlite has no method query_rows");
  });

  it.each([
    ["query_json", { sql: " \n" }, "missing or empty field `sql`"],
    ["execute_script", [], "missing or empty field `sql`"],
    ["query_json", { sql: "SELECT 1\0" }, "field `sql` contains interior NUL bytes"],
    ["query_json", { sql: "SELECT 1", params_json: false }, "params_json is no longer supported; use params"],
    ["query_json", { sql: "SELECT 1", params: "x" }, "params must be an array"],
  ])("%s %j → %s", async (method, input, message) => {
    expect(await (await TestAccess.open()).fails(method, input)).toBe(message);
  });
});

describe("durability", () => {
  it("finds what was committed, with indexes, views and sequences", async () => {
    const backend = new MemoryBackend();
    const store = await TreeStore.open(backend);
    const db = await TestAccess.open({ vfs: store.fs });
    await db.exec(
      "CREATE TABLE t(id INTEGER PRIMARY KEY AUTOINCREMENT, txt TEXT); CREATE INDEX ix ON t(txt); INSERT INTO t(txt) VALUES('漢字 😀'), ('gone'); DELETE FROM t WHERE txt = 'gone'",
    );
    await store.commit();
    await db.exec("INSERT INTO t(txt) VALUES('never committed')");
    const again = await TestAccess.open({ vfs: (await TreeStore.open(backend)).fs });
    expect((await again.exec("INSERT INTO t(txt) VALUES('next')")).last_insert_rowid).toBe(3);
    expect(await again.query("SELECT txt FROM t; ")).toBe('[{"txt":"漢字 😀"},{"txt":"next"}]');
    expect(await again.query("PRAGMA integrity_check")).toBe('[{"integrity_check":"ok"}]');
  });

  it("survives a full filesystem: the statement fails, the database is whole", async () => {
    const store = await TreeStore.open(new MemoryBackend(), { quotaBytes: 300_000 });
    const db = await TestAccess.open({ vfs: store.fs });
    await db.exec("CREATE TABLE t(a)");
    expect(await db.fails("execute_script", { sql: "INSERT INTO t SELECT zeroblob(500000)" })).toContain(
      "disk is full",
    );
    await db.exec("INSERT INTO t VALUES(1)");
    expect(await db.query("SELECT a FROM t")).toBe('[{"a":1}]');
    expect(await db.query("PRAGMA integrity_check")).toBe('[{"integrity_check":"ok"}]');
  });

  it("takes a file that was put in its place, also one of the native engine in WAL mode", async () => {
    const db = await TestAccess.open();
    await db.exec("CREATE TABLE t(a); INSERT INTO t VALUES('kept')");
    const content = db.fs.readFile(databasePath("db"));
    content[18] = 2;
    content[19] = 2;
    const other = await TestAccess.open();
    await other.exec("CREATE TABLE mine(a)");
    other.fs.writeFile(databasePath("db"), content);
    expect(await other.query("SELECT a FROM t")).toBe('[{"a":"kept"}]');
    expect(await other.query("PRAGMA journal_mode")).toBe('[{"journal_mode":"delete"}]');
    other.fs.remove("/runtime/databases", { recursive: true });
    expect(await other.fails("query_json", { sql: "SELECT a FROM t" })).toContain("no such table: t");
  });
});

describe("the start", () => {
  it("names what is wrong with sqlite3.wasm", async () => {
    const html = new TextEncoder().encode("<!doctype html><title>Not found</title>");
    await expect(TestAccess.open({ wasm: html })).rejects.toMatchObject({
      code: "wasm_unavailable",
      message: expect.stringContaining("is an HTML page"),
    });
  });
});

it("writes REAL values as numbers that stay REAL", () => {
  expect([3, -0.5, 1e15, 1e16, 1.5e300, 1e-5, 1.25e-7, -0, 123456789012345680000].map(jsonReal)).toEqual([
    "3.0",
    "-0.5",
    "1000000000000000.0",
    "1e16",
    "1.5e300",
    "0.00001",
    "1.25e-7",
    "-0.0",
    "1.2345678901234568e20",
  ]);
  expect([2, 1.25e-7, -1e-9, 1e22, 0.1].map(decimalReal)).toEqual([
    "2.0",
    "0.000000125",
    "-0.000000001",
    "10000000000000000000000.0",
    "0.1",
  ]);
});
