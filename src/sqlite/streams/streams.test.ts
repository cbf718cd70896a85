import { tableFromIPC } from "apache-arrow";
import { describe, expect, it } from "vitest";
import { decodeBase64 } from "../../base/bytes/base64.ts";
import { TestAccess } from "../../testing/sqlite-access.ts";

async function content(db: TestAccess, id: unknown): Promise<Uint8Array> {
  const metrics = await db.call("query_stream_wait_metrics", { stream_id: id });
  const parts: number[] = [];
  for (let index = 0; index < Number(metrics.chunk_count); index++) {
    const chunk = await db.call("query_stream_chunk", { stream_id: id, index });
    parts.push(...decodeBase64(String(chunk.chunk_base64)));
  }
  expect(parts.length).toBe(metrics.total_bytes);
  return Uint8Array.from(parts);
}

async function stream(db: TestAccess, sql: string, params?: unknown[]) {
  const { stream_id: id } = await db.call("query_stream", { sql, params });
  const table = tableFromIPC(await content(db, id));
  return {
    fields: table.schema.fields.map((field) => `${field.name}:${field.type}${field.nullable ? "" : "!"}`),
    batches: table.batches.map((batch) => batch.numRows),
    rows: table.toArray().map((row) => Object.values(row.toJSON() as Record<string, unknown>)),
  };
}

// The cases of sqlite-streams.yaml without Lua.
describe("query streams", () => {
  it("give one Arrow stream in chunks", async () => {
    const db = await TestAccess.open();
    expect(await db.call("query_stream", { sql: "SELECT 1" })).toEqual({
      success: true,
      stream_id: 1,
      metrics_ready: false,
    });
    const small = await stream(
      db,
      "SELECT 1 AS b, 'x' AS a, 2.5 AS c, x'00ff' AS d, NULL AS e UNION ALL SELECT 2, '漢字', NULL, NULL, NULL",
    );
    expect(small.fields).toEqual(["b:Int64", "a:Utf8", "c:Float64", "d:Binary", "e:Utf8"]);
    expect(small.rows[1]).toEqual([2n, "漢字", null, null, null]);
    expect(small.rows[0]?.[3]).toEqual(new Uint8Array([0, 255]));
    const many = await stream(
      db,
      "WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < 2500) SELECT i, 'row ' || i AS t FROM c",
    );
    expect(many.batches).toEqual([1000, 1000, 500]);
    expect(many.rows[2499]).toEqual([2500n, "row 2500"]);
  });

  it("of no rows have no bytes", async () => {
    const db = await TestAccess.open();
    await db.exec("CREATE TABLE t(a INTEGER)");
    await db.call("query_stream", { sql: "SELECT a FROM t" });
    expect(await db.call("query_stream_wait_metrics", { stream_id: 1 })).toEqual({
      success: true,
      stream_id: 1,
      metrics_ready: true,
      row_count: 0,
      chunk_count: 0,
      total_bytes: 0,
    });
    expect(await db.call("query_stream_chunk", { stream_id: 1, index: 9 })).toMatchObject({
      byte_count: 0,
      chunk_base64: "",
    });
  });

  it("fix column types from the declaration and the first thousand rows", async () => {
    const db = await TestAccess.open();
    await db.exec(
      "CREATE TABLE d(a BIGINT, b BOOLEAN, c DOUBLE PRECISION, d DECIMAL(10,2), e VARCHAR(5), f DATETIME, g BLOB, h JSON, i CLOB, j); INSERT INTO d DEFAULT VALUES",
    );
    expect((await stream(db, "SELECT * FROM d")).fields.map((field) => field.slice(2))).toEqual([
      "Int64",
      "Int64",
      "Float64",
      "Float64",
      "Utf8",
      "Utf8",
      "Binary",
      "Utf8",
      "Utf8",
      "Utf8",
    ]);
    const mixed = await stream(
      db,
      "SELECT 1 AS a, 1 AS b, x'01' AS c, 1.5 AS d, 'x' AS e, 2 AS f UNION ALL SELECT 2.5, 'two', 2, x'0a0B', 3.0, x'00'",
    );
    expect(mixed.fields).toEqual(["a:Float64", "b:Utf8", "c:Utf8", "d:Utf8", "e:Utf8", "f:Utf8"]);
    expect(mixed.rows).toEqual([
      [1, "1", "x'01'", "1.5", "x", "2"],
      [2.5, "two", "2", "x'0A0B'", "3.0", "x'00'"],
    ]);
    await db.exec(
      "CREATE TABLE t(i, a, b, c); WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < 1000) INSERT INTO t SELECT i, i, i + 0.5, 'u' FROM c",
    );
    await db.exec(
      "INSERT INTO t VALUES(1001, 'late', 'late', 7), (1002, 9.75, 4, x'ff'), (1003, x'00', x'00', 2.0), (1004, -9.75, NULL, NULL)",
    );
    const late = await stream(db, "SELECT a, b, c FROM t ORDER BY i");
    expect(late.rows.slice(1000)).toEqual([
      [null, null, "7"],
      [9n, 4, "x'FF'"],
      [null, null, "2.0"],
      [-9n, null, null],
    ]);
  });

  it("tell failures to those who wait", async () => {
    const db = await TestAccess.open({ maxStreamBytes: 10_000 });
    const open = async (sql: string) => (await db.call("query_stream", { sql })).stream_id;
    const wait = async (sql: string) => db.fails("query_stream_wait_metrics", { stream_id: await open(sql) });
    expect(await wait("SELECT * FROM missing")).toContain("no such table: missing");
    expect(await wait("SELECT 1; SELECT 2")).toBe("query_stream only supports a single SQL statement");
    expect(await wait("SELECT ?1")).toContain("Wrong number of parameters passed to query. Got 0, needed 1");
    expect(await wait("SELECT abs(-9223372036854775808)")).toContain("integer overflow");
    expect(await wait("SELECT CAST(x'C328' AS TEXT) AS bad")).toContain(
      "sqlite value conversion failed while materializing rows: ",
    );
    expect(await wait("SELECT zeroblob(20000) AS b")).toBe("query stream result exceeds 10000 bytes");
    expect((await db.call("query_stream_close", { stream_id: 1 })).message).toBe(
      "query_stream handle 1 closed successfully",
    );
    expect(await db.fails("query_stream_close", { stream_id: 1 })).toBe("query stream handle not found: 1");
    expect(await db.fails("query_stream_chunk", { stream_id: 2, index: 0.5 })).toBe("index is required");
    expect(await db.fails("query_stream_chunk", { stream_id: -1, index: 0 })).toBe("stream_id is required");
  });

  it("show the data of their start, in any chunk size", async () => {
    const db = await TestAccess.open();
    await db.exec("CREATE TABLE t(a); INSERT INTO t VALUES(zeroblob(200000))");
    const { stream_id: id } = await db.call("query_stream", { sql: "SELECT a FROM t", chunk_size: 70_000 });
    await db.exec("DELETE FROM t");
    expect((await db.call("query_stream_wait_metrics", { stream_id: id })).chunk_count).toBe(3);
    expect(tableFromIPC(await content(db, id)).numRows).toBe(1);
    for (const chunk_bytes of [-1, 0, 0.5, "x", 1]) {
      const odd = await db.call("query_stream", { sql: "SELECT 5 AS a", chunk_bytes });
      expect(
        tableFromIPC(await content(db, odd.stream_id))
          .get(0)
          ?.toJSON(),
      ).toEqual({ a: 5n });
    }
  });
});
