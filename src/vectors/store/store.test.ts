import { describe, expect, it } from "vitest";
import { MemoryTree } from "../../vfs/memory-tree.ts";
import { operations } from "../operations.ts";
import { defaultKernel, scriptKernel } from "../search/kernel.ts";
import { VectorStore } from "./store.ts";

const dir = "/runtime/databases/lancedb/demo";

function setup(kernel = defaultKernel()) {
  const vfs = new MemoryTree();
  vfs.mkdir(dir, { recursive: true });
  let store = new VectorStore(vfs, dir, kernel);
  const call = (method: string, input: unknown, data?: Uint8Array) => {
    const run = operations[method];
    if (!run) throw new Error(`no ${method}`);
    return run(store, typeof input === "string" ? input : JSON.stringify(input), data) as Record<string, unknown>;
  };
  const reopen = () => {
    store.close();
    store = new VectorStore(vfs, dir, kernel);
  };
  return { vfs, call, reopen };
}

const columns = [
  { name: "id", column_type: "int64", nullable: false },
  { name: "name", column_type: "string" },
  { name: "f", column_type: "float32" },
  { name: "ok", column_type: "bool" },
  { name: "u", column_type: "uint64" },
  { name: "v", column_type: "vector_float32", vector_dim: 2 },
];
const upsert = (rows: unknown, more = {}) => ({ table_name: "t", rows, ...more });
const search = (vector: number[], more = {}) => ({ table_name: "t", vector, ...more });
const ids = (result: Record<string, unknown>) => (result.data_json as Array<{ id: number }>).map((row) => row.id);

describe("the embedded store", () => {
  it("keeps every type over a reopening, exactly", () => {
    const { call, reopen } = setup();
    call("create_table", { table_name: "t", columns });
    const rows = `{"table_name":"t","rows":[
      {"id":9007199254740993,"name":"é\\ufeff","f":0.1,"ok":true,"u":18446744073709551615,"v":[0.1,-2]},
      {"id":-9223372036854775808,"name":"","f":null,"ok":false},
      {"id":3,"__proto__":1,"extra":"ignored","v":[1e30,1]}]}`;
    expect(call("vector_upsert", rows)).toMatchObject({ inserted_rows: 3, version: 2 });
    const before = call("vector_search", search([0, 0]));
    expect(before.data_json).toEqual([
      {
        id: 9007199254740992,
        name: "é\ufeff",
        f: Math.fround(0.1),
        ok: true,
        u: 18446744073709552000,
        v: [Math.fround(0.1), -2],
        _distance: Math.fround(Math.fround(0.1) ** 2 + 4),
      },
      { id: 3, name: null, f: null, ok: null, u: null, v: [Math.fround(1e30), 1], _distance: null },
    ]);
    reopen();
    expect(call("vector_search", search([0, 0]))).toEqual(before);
    expect(call("delete", { table_name: "t", condition: "id = 9007199254740992" })).toMatchObject({ deleted_rows: 0 });
    expect(
      call("delete", { table_name: "t", condition: "id = 9007199254740993 AND u = 18446744073709551615" }),
    ).toMatchObject({ deleted_rows: 1 });
    expect(call("delete", { table_name: "t", condition: "id = -9223372036854775808 AND v IS NULL" })).toMatchObject({
      deleted_rows: 1,
      version: 5,
    });
  });

  it("merges by key: updates, inserts, drops null keys, refuses ambiguity without a trace", () => {
    const { call, reopen } = setup();
    call("create_table", { table_name: "t", columns });
    call(
      "vector_upsert",
      upsert([
        { id: 1, name: "a", v: [0, 0] },
        { id: 1, name: "dup", v: [0, 0] },
        { id: 2, v: [1, 1] },
      ]),
    );
    const merged = call(
      "vector_upsert",
      upsert(
        [
          { id: 1, name: "new", v: [5, 5] },
          { id: 7, v: [2, 2] },
          { id: 7, v: [3, 3] },
        ],
        { key_columns: ["id"] },
      ),
    );
    expect(merged).toMatchObject({
      message: "merge upsert completed",
      input_rows: 3,
      inserted_rows: 2,
      updated_rows: 2,
    });
    expect(() =>
      call(
        "vector_upsert",
        upsert(
          [
            { id: 2, v: [9, 9] },
            { id: 2, v: [8, 8] },
          ],
          { key_columns: ["id"] },
        ),
      ),
    ).toThrow(/^Ambiguous merge insert.* on \(id = 2\)/);
    expect(
      call("vector_upsert", upsert([{ id: 1, name: null, v: [9, 9] }], { key_columns: ["id", "name"] })),
    ).toMatchObject({ inserted_rows: 0, updated_rows: 0 });
    expect(() => call("vector_upsert", upsert([{ id: 1 }], { key_columns: ["v"] }))).toThrow(/is a vector/);
    expect(() => call("vector_upsert", upsert([{ id: 1 }], { key_columns: ["nope"] }))).toThrow(
      "Merge insert key column 'nope' does not exist in schema",
    );
    expect(call("vector_upsert", upsert([{ id: 2, v: [1, 1] }], { key_columns: ["ID"] }))).toMatchObject({
      updated_rows: 1,
    });
    reopen();
    expect(ids(call("vector_search", search([0, 0], { limit: 100 })))).toEqual([2, 7, 7, 1, 1]);
  });

  it("compacts when most rows are dead, and answers the same before and after", () => {
    for (const kernel of [defaultKernel(), scriptKernel]) {
      const { vfs, call, reopen } = setup(kernel);
      call("create_table", { table_name: "t", columns });
      const rows = (from: number, to: number) =>
        Array.from({ length: to - from }, (_, i) => ({ id: from + i, name: `n${from + i}`, v: [from + i, -i] }));
      call("vector_upsert", upsert(rows(0, 2000)));
      const size = () => vfs.stat(`${dir}/t.vectors`)?.size ?? 0;
      const before = size();
      call("delete", { table_name: "t", condition: "id >= 900 AND id < 1899" });
      expect(size()).toBeGreaterThan(before);
      const { version } = call("delete", { table_name: "t", condition: "id < 100" });
      expect(size()).toBeLessThan(before * 0.6);
      expect(vfs.list(dir)).toEqual(["t.vectors"]);
      const expected = ids(call("vector_search", search([950, 0], { limit: 5, filter: "name <> 'n899'" })));
      reopen();
      expect(ids(call("vector_search", search([950, 0], { limit: 5, filter: "name <> 'n899'" })))).toEqual(expected);
      expect(call("vector_upsert", upsert([])).version).toBe(version);
      call("vector_upsert", upsert(rows(5000, 5003)));
      expect(ids(call("vector_search", search([5000, 0], { limit: 1 })))).toEqual([5000]);
    }
  });

  it("ends a file at a torn or damaged last write", () => {
    const { vfs, call, reopen } = setup();
    call("create_table", { table_name: "t", columns });
    call("vector_upsert", upsert([{ id: 1, v: [1, 1] }]));
    const path = `${dir}/t.vectors`;
    const whole = vfs.readFile(path);
    call("vector_upsert", upsert([{ id: 2, v: [2, 2] }]));
    const longer = vfs.readFile(path);
    for (let cut = whole.length; cut < longer.length; cut += 7) {
      vfs.writeFile(path, longer.subarray(0, cut));
      reopen();
      expect(ids(call("vector_search", search([0, 0])))).toEqual([1]);
      expect(vfs.stat(path)?.size).toBe(whole.length);
    }
    const damaged = longer.slice();
    damaged[whole.length + 30] = (damaged[whole.length + 30] ?? 0) ^ 1;
    vfs.writeFile(path, damaged);
    reopen();
    expect(ids(call("vector_search", search([0, 0])))).toEqual([1]);
    expect(call("vector_upsert", upsert([{ id: 3, v: [3, 3] }]))).toMatchObject({ version: 3 });
    reopen();
    expect(ids(call("vector_search", search([0, 0])))).toEqual([1, 3]);
    vfs.writeFile(path, new TextEncoder().encode("something else"));
    reopen();
    expect(() => call("vector_search", search([0, 0]))).toThrow(/not a vector table of this version/);
  });

  it("sees a file that was replaced or removed under it", () => {
    const { vfs, call } = setup();
    const path = `${dir}/t.vectors`;
    call("create_table", { table_name: "t", columns });
    call("vector_upsert", upsert([{ id: 1, v: [1, 1] }]));
    const exported = vfs.readFile(path);
    call("vector_upsert", upsert([{ id: 2, v: [2, 2] }]));
    vfs.writeFile(path, exported);
    expect(ids(call("vector_search", search([0, 0])))).toEqual([1]);
    vfs.remove(path);
    expect(() => call("vector_search", search([0, 0]))).toThrow("Table 't' was not found");
  });

  it("writes and reads Arrow, and refuses other types in it", async () => {
    const { call } = setup();
    call("create_table", { table_name: "t", columns });
    call("create_table", { table_name: "copy", columns: [...columns, { name: "_distance", column_type: "float32" }] });
    call(
      "vector_upsert",
      upsert([{ id: 1, name: "a", f: 1.5, ok: true, u: 5, v: [1, 2] }, { id: 2, v: [3, 4] }, { id: 3 }]),
    );
    const out = await call("vector_search", search([1, 2], { output_format: "arrow" }));
    expect(out).toMatchObject({ format: "arrow_ipc", rows: 2 });
    const data = out.data as Uint8Array;
    expect(out.byte_length).toBe(data.length);
    const { tableFromIPC } = await import("apache-arrow");
    const table = tableFromIPC(data);
    expect(table.schema.fields.map((field) => `${field.name} ${field.type} ${field.nullable}`)).toEqual([
      "id Int64 false",
      "name Utf8 true",
      "f Float32 true",
      "ok Bool true",
      "u Uint64 true",
      "v FixedSizeList[2]<Float32> true",
      "_distance Float32 true",
    ]);
    expect(await call("vector_upsert", { table_name: "copy", data: "x" }, data)).toMatchObject({ inserted_rows: 2 });
    const base64 = Buffer.from(data).toString("base64");
    expect(await call("vector_upsert", { table_name: "copy", data_base64: base64, key_columns: ["id"] })).toMatchObject(
      { updated_rows: 2 },
    );
    expect(call("vector_search", { table_name: "copy", vector: [1, 2] }).data_json).toEqual([
      { id: 1, name: "a", f: 1.5, ok: true, u: 5, v: [1, 2], _distance: 0 },
      { id: 2, name: null, f: null, ok: null, u: null, v: [3, 4], _distance: 8 },
    ]);
    await expect(call("vector_upsert", { table_name: "t", data: "x" }, data)).rejects.toThrow(
      /'_distance' .* is not a column/,
    );
    const garbage = ["no arrow", "garbage", "[]", "\0\0\0\0"].map((text) => new TextEncoder().encode(text));
    for (const bytes of [...garbage, data.subarray(0, 100), data.subarray(0, data.length - 40)]) {
      await expect(call("vector_upsert", { table_name: "copy", data: "x" }, bytes)).rejects.toThrow(
        /^failed to read Arrow IPC payload: /,
      );
    }
    const none = await call("vector_search", search([1, 2], { output_format: "", filter: "false" }));
    expect(tableFromIPC(none.data as Uint8Array).schema.fields).toHaveLength(7);
  });

  it("holds to the limits and names", () => {
    const { call } = setup();
    call("create_table", { table_name: " t ", columns });
    expect(() => call("create_table", { table_name: "a/b", columns })).toThrow(/^Invalid table name \("a\/b"\): /);
    expect(() => call("create_table", { table_name: "..", columns })).toThrow(/^Invalid table name/);
    expect(() => call("create_table", { table_name: "d", columns: [columns[0], columns[0]] })).toThrow(/Duplicate/);
    const large = `{"table_name":"t","rows":"${" ".repeat(52_428_801)}"}`;
    expect(() => call("vector_upsert", large)).toThrow("payload too large: 52428801 bytes (max 52428800)");
    expect(() => call("vector_upsert", { table_name: "t", rows: "{}" })).toThrow(
      /^failed to parse JSON rows, expected a JSON array of objects/,
    );
    expect(() => call("vector_upsert", { table_name: "t", rows: [1] })).toThrow(
      "JSON rows must be an array of JSON objects",
    );
    expect(() => call("vector_upsert", { table_name: "t", rows: 5 })).toThrow(
      "lancedb.vector_upsert payload must be string",
    );
    expect(() => call("vector_upsert", { table_name: "t" })).toThrow("lancedb.vector_upsert requires rows or data");
    expect(() => call("vector_upsert", [])).toThrow("lancedb.vector_upsert input must be an object");
    expect(() => call("vector_upsert", upsert([{ id: 1, name: 5 }, { id: "x" }]))).toThrow(
      "field 'id' must be an int64",
    );
    expect(() => call("vector_upsert", upsert('[{"id":1.0}]'))).toThrow("field 'id' must be an int64");
    expect(() => call("vector_upsert", upsert("[1.0]"))).toThrow("JSON rows must be an array of JSON objects");
    expect(call("vector_upsert", upsert('[{"id":7,"f":1.0,"v":[1.0,2e0]}]'))).toMatchObject({ inserted_rows: 1 });
    expect(call("delete", { table_name: "t", condition: "f = 1" })).toMatchObject({ deleted_rows: 1 });
    expect(() => call("vector_upsert", '{"table_name":"t","rows":[{"id":1,"u":1e19}]}')).toThrow(
      "field 'u' must be a uint64",
    );
    expect(() => call("vector_upsert", upsert([{ name: "x" }]))).toThrow("field 'id' is missing and not nullable");
    expect(() => call("vector_upsert", upsert([{ id: null }]))).toThrow("field 'id' is not nullable");
    expect(() => call("vector_upsert", upsert([], { input_format: "csv" }))).toThrow("unsupported input_format: csv");
    expect(() => call("vector_search", search([], { table_name: "t" }))).toThrow("vector must not be empty");
    expect(call("drop_table", { table_name: "t" })).toEqual({ success: true, message: "table 't' dropped" });
    expect(() => call("drop_table", { table_name: "t" })).toThrow("Table 't' was not found");
  });

  it("counts the bytes of the JSON text the native engine would write", () => {
    const { call } = setup();
    call("create_table", { table_name: "t", columns });
    call("vector_upsert", upsert([{ id: 1, f: 0.5, v: [1, 0.25] }]));
    const text = '[{"_distance":0.0,"f":0.5,"id":1,"name":null,"ok":null,"u":null,"v":[1.0,0.25]}]';
    expect(call("vector_search", search([1, 0.25]))).toMatchObject({ rows: 1, byte_length: text.length });
  });

  it("names what is wrong with a column", () => {
    const { call } = setup();
    const two = [...columns, { name: "w", column_type: "vector_float32", vector_dim: 2 }];
    call("create_table", { table_name: "t", columns: two });
    expect(() => call("vector_search", search([1, 1]))).toThrow(/: \["v", "w"\]$/);
    expect(() => call("vector_search", search([1], { vector_column: "id" }))).toThrow(/not a vector .* but int64/);
    expect(() => call("vector_search", search([1], { vector_column: "x" }))).toThrow(
      /^column x does not exist in schema/,
    );
    const named = (name: string) => ({ table_name: "u", columns: [{ name, column_type: "string" }] });
    expect(() => call("create_table", named("a.b"))).toThrow("Top level field a.b cannot contain `.`");
    // What is checked first: types of columns, the blank name, the columns, Lance's rules.
    const vague = { name: "x", column_type: "" };
    expect(() =>
      call("create_table", { table_name: " ", columns: [vague, { name: "y", column_type: "JSON" }] }),
    ).toThrow("unsupported column_type: json");
    expect(() =>
      call("create_table", { table_name: "u", columns: [{ ...vague, column_type: "bool", name: "a.b" }, vague] }),
    ).toThrow("column 'x' has unspecified type");
    expect(() => call("create_table", { table_name: "a/b", columns: [] })).toThrow("columns must not be empty");
    expect(() => call("create_table", named("_rowid"))).toThrow("The column _rowid is a reserved name");
  });

  it("continues the version over an overwrite and starts anew after a drop", () => {
    const { call } = setup();
    call("create_table", { table_name: "t", columns });
    call("vector_upsert", upsert([{ id: 1 }]));
    call("create_table", { table_name: "t", columns, overwrite_if_exists: true });
    expect(call("vector_upsert", upsert([])).version).toBe(3);
    call("drop_table", { table_name: "t" });
    call("create_table", { table_name: "t", columns });
    expect(call("vector_upsert", upsert([])).version).toBe(1);
  });
});
