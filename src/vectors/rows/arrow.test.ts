import { expect, it } from "vitest";
import { declareSchema } from "../table/schema.ts";
import { decodeRows, encodeRows, loadArrow, schemaFromArrow, schemaToArrow } from "./arrow.ts";
import { rowsFromJson } from "./json-rows.ts";

it("rows and schemas of every type survive Arrow", async () => {
  const arrow = await loadArrow();
  const types = ["string", "int64", "int32", "uint64", "uint32", "float64", "float32", "bool"];
  const schema = declareSchema([
    ...types.map((type) => ({ name: `c_${type}`, column_type: type, vector_dim: 0, nullable: type !== "int64" })),
    { name: "v", column_type: "vector_float32", vector_dim: 2, nullable: true },
  ]);
  const rows = rowsFromJson(
    schema,
    JSON.stringify([
      {
        c_string: "é",
        c_int64: -5,
        c_int32: 7,
        c_uint64: 8,
        c_uint32: 9,
        c_float64: 1.5,
        c_float32: 0.5,
        c_bool: true,
        v: [1, 2],
      },
      { c_int64: 1 },
    ]),
  );
  const table = encodeRows(arrow, schema, rows);
  expect(decodeRows(arrow, schema, arrow.tableToIPC(table, "stream"))).toEqual(rows);
  expect(schemaFromArrow(arrow, schemaToArrow(arrow, schema))).toEqual(schema);
  expect(() => schemaFromArrow(arrow, new arrow.Schema([new arrow.Field("d", new arrow.DateDay())]))).toThrow(
    "unsupported field type for JSON ingestion on 'd'",
  );
});
