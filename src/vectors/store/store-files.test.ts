import { describe, expect, it } from "vitest";
import { LuaSkillsError } from "../../errors.ts";
import { MemoryTree } from "../../vfs/memory-tree.ts";
import { embeddedLancedb } from "../embedded-lancedb.ts";
import { TableFile } from "../table/table-file.ts";

const dir = "/runtime/databases/lancedb/demo";
const limits = { maxRows: 100, maxBytes: 10_000 };
const saved = async () => {};

function setup() {
  const vfs = new MemoryTree();
  vfs.mkdir(dir, { recursive: true });
  const provider = embeddedLancedb({ vfs });
  const call = (method: string, input: object) =>
    provider.call({ default_database_path: dir } as never, method, JSON.stringify(input), {
      signal: new AbortController().signal,
    }) as Record<string, unknown>;
  const columns = [
    { name: "id", column_type: "int64" },
    { name: "text", column_type: "string" },
    { name: "v", column_type: "vector_float32", vector_dim: 2 },
  ];
  call("create_table", { table_name: "t", columns });
  call("vector_upsert", { table_name: "t", rows: [1, 2, 3].map((id) => ({ id, text: `row ${id}`, v: [id, 0] })) });
  call("delete", { table_name: "t", condition: "id = 2" });
  return { vfs, provider, files: provider.files, call, columns };
}

async function refusal(work: () => unknown): Promise<LuaSkillsError> {
  try {
    await work();
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(LuaSkillsError);
    return thrown as LuaSkillsError;
  }
  throw new Error("was not refused");
}

describe("a store from outside", () => {
  it("tells its tables, pages its rows and finds the nearest", () => {
    const { files, call, columns } = setup();
    call("create_table", { table_name: "empty", columns });
    expect(files.tables(dir).map(({ name, rows, version }) => ({ name, rows, version }))).toEqual([
      { name: "empty", rows: 0, version: 1 },
      { name: "t", rows: 2, version: 3 },
    ]);
    expect(files.rows(dir, "t", { offset: 1, limit: 1 }, limits)).toEqual({
      rows: [{ id: 3, text: "row 3", v: [3, 0] }],
      total: 2,
      truncated: false,
    });
    expect(files.rows(dir, "t", { filter: "text LIKE '%1'" }, limits).total).toBe(1);
    expect(files.rows(dir, "t", {}, { ...limits, maxBytes: 20 })).toMatchObject({
      truncated: true,
      rows: { length: 1 },
    });
    const nearest = files.search(dir, { table: "t", vector: [2.75, 0], limit: 1, filter: "id > 0" }, limits);
    expect(nearest).toEqual({
      rows: [{ id: 3, text: "row 3", v: [3, 0], _distance: 0.0625 }],
      total: 2,
      truncated: false,
    });
  });

  it.each([
    ["no such table", { table: "x", vector: [1, 2] }, "not_found", /no vector table 'x'; the tables are: t/],
    ["no vector", { table: "t", vector: [] }, "invalid_argument", /vector must be a list of numbers that is not empty/],
    ["another dimension", { table: "t", vector: [1] }, "invalid_argument", /dimension: 1/],
    [
      "text in the vector",
      { table: "t", vector: [1, "2"] },
      "invalid_argument",
      /vector\[1\] must be a number, got string/,
    ],
    ["a negative limit", { table: "t", vector: [1, 2], limit: -1 }, "invalid_argument", /limit must be a whole number/],
    ["a broken filter", { table: "t", vector: [1, 2], filter: "id = 'a'" }, "invalid_argument", /lance error/],
    ["a column that is none", { table: "t", vector: [1, 2], vectorColumn: "w" }, "invalid_argument", /w/],
  ])("refuses a search with %s", async (_, search, code, message) => {
    const error = await refusal(() => setup().files.search(dir, search as never, limits));
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
  });
});

describe("import", () => {
  it("replaces all tables by those of an export", async () => {
    const { files, call, columns, vfs } = setup();
    const exported = files.read(dir);
    expect([...exported.keys()]).toEqual(["t.vectors"]);
    call("vector_upsert", { table_name: "t", rows: [{ id: 9, v: [9, 9] }] });
    call("create_table", { table_name: "other", columns });
    await files.replace(dir, exported, saved);
    expect(call("vector_search", { table_name: "t", vector: [9, 9] }).rows).toBe(2);
    expect(files.tables(dir).map(({ name }) => name)).toEqual(["t"]);
    call("vector_upsert", { table_name: "t", rows: [{ id: 10, v: [9, 9] }] });
    expect(files.rows(dir, "t", {}, limits).total).toBe(3);
    expect(vfs.list("/runtime/databases/lancedb")).toEqual(["demo"]);
  });

  const whole = () => setup().files.read(dir).get("t.vectors") ?? new Uint8Array(0);
  const flip = (at: (bytes: Uint8Array) => number) => {
    const bytes = whole();
    const i = at(bytes);
    bytes[i] = (bytes[i] ?? 0) ^ 0xff;
    return new Map([["t.vectors", bytes]]);
  };
  const schemaOf = (schema: unknown) => {
    const vfs = new MemoryTree();
    TableFile.create(vfs, "/t", schema as never, { version: 1, removed: [] }).file.close();
    return new Map([["t.vectors", vfs.readFile("/t")]]);
  };
  it.each<[string, Map<string, Uint8Array>, RegExp]>([
    ["another file", new Map([["readme.txt", new Uint8Array(1)]]), /'readme.txt' is no vector table/],
    ["a name no table has", new Map([["a b.vectors", whole()]]), /Invalid table name/],
    [
      "text",
      new Map([["t.vectors", new TextEncoder().encode("a,b,c,d,e")]]),
      /'t' cannot be used: the file is not a vector table/,
    ],
    ["a file cut short", new Map([["t.vectors", whole().slice(0, -3)]]), /damaged or cut short after/],
    ["a flipped byte in a head", flip(() => 40), /holds no complete table|damaged/],
    ["a flipped byte at the end", flip((bytes) => bytes.length - 1), /damaged or cut short/],
    ["no columns", schemaOf([]), /has no columns/],
    ["a column of no type", schemaOf([{ name: "a", type: "date", nullable: true }]), /column .*date.* cannot be used/],
    ["a column that does not say whether it may be null", schemaOf([{ name: "a", type: "string" }]), /cannot be used/],
    [
      "two columns of one name",
      schemaOf([1, 2].map(() => ({ name: "a", type: "string", nullable: true }))),
      /cannot be used/,
    ],
    ["a column without a name", schemaOf([{ name: " ", type: "string", nullable: true }]), /cannot be used/],
    ["a vector of no size", schemaOf([{ name: "a", type: "vector", nullable: true }]), /cannot be used/],
  ])("refuses %s and leaves everything as it was", async (_, content, message) => {
    const { files, vfs } = setup();
    const error = await refusal(() => files.replace(dir, content, saved));
    expect(error.code).toBe("invalid_database");
    expect(error.message).toMatch(message);
    expect(files.rows(dir, "t", {}, limits).total).toBe(2);
    expect(vfs.list("/runtime/databases/lancedb")).toEqual(["demo"]);
  });

  it.each([
    ["before the new tables are in place", false],
    ["before the old ones are removed", true],
  ])("a crash %s leaves one whole store", (_, swapped) => {
    const { vfs, provider, files } = setup();
    files.tables(dir);
    vfs.rename(dir, `${dir}.replaced`);
    vfs.mkdir(swapped ? dir : `${dir}.import`);
    const restarted = embeddedLancedb({ vfs });
    restarted.register({ default_database_path: dir } as never);
    expect(restarted.files.tables(dir).length).toBe(swapped ? 0 : 1);
    expect(vfs.list("/runtime/databases/lancedb")).toEqual(["demo"]);
    provider.closeAll();
  });

  it("brings the old tables back when the new ones cannot be made durable", async () => {
    const { files, vfs } = setup();
    const failing = async () => {
      throw new LuaSkillsError("storage_error", "the disk is gone");
    };
    expect((await refusal(() => files.replace(dir, new Map(), failing))).code).toBe("storage_error");
    expect(files.rows(dir, "t", {}, limits).total).toBe(2);
    expect(vfs.list("/runtime/databases/lancedb")).toEqual(["demo"]);
  });
});
