/**
 * The five methods of `vulcan.lancedb` on the embedded store (databases.md §12.3–§12.7).
 * @module
 */

import { paying } from "../base/work.ts";
import { completeSearch, payloadBytes, splitUpsert, type UpsertPayload } from "../databases/vector-payload.ts";
import type { LuaValue } from "../lua/interface.ts";
import { decodeRows, encodeHits, loadArrow } from "./rows/arrow.ts";
import { batchRows, rowsFromJson } from "./rows/json-rows.ts";
import { RequestReader } from "./rows/request.ts";
import { hitRows } from "./search/hit-rows.ts";
import type { Hit } from "./search/search.ts";
import type { VectorStore } from "./store/store.ts";
import type { RowBatch } from "./table/row-batch.ts";
import { declareSchema, refuseBlank, refuseUnknownTypes, tableName } from "./table/schema.ts";
import type { Table } from "./table/table.ts";

type Result = { readonly [member: string]: LuaValue };
type Operation = (store: VectorStore, input: string, data: Uint8Array | undefined) => Result | Promise<Result>;

const maxPayloadBytes = 52_428_800;
const maxLimit = 10_000;
const defaultLimit = 10;

export const operations: Readonly<Record<string, Operation>> = {
  create_table(store, input) {
    const request = RequestReader.parse(input);
    const given = request.string("table_name");
    const columns = request.columns("columns");
    const overwrite = request.boolean("overwrite_if_exists", false);
    refuseUnknownTypes(columns);
    refuseBlank(given);
    const schema = declareSchema(columns);
    const name = tableName(given);
    store.create(name, schema, overwrite);
    return { success: true, message: `table '${name}' is ready` };
  },

  vector_upsert(store, input, data) {
    const payload = splitUpsert(input, data);
    const request = RequestReader.of(payload.input, input.length);
    const given = request.string("table_name");
    const keys = request.strings("key_columns");
    const format = inputFormat(request.string("input_format", ""));
    refuseBlank(given);
    checkSize(payload, input.length);
    const table = store.table(given);
    if (format === "json") return upsert(store, table, jsonBatch(table, payload), keys);
    const append = paying((arrow: Awaited<ReturnType<typeof loadArrow>>) => {
      const batch = decodeRows(arrow, table.schema, payloadBytes(payload));
      // The wait may have dropped or replaced the table.
      return upsert(store, store.table(given), batch, keys);
    });
    return loadArrow().then(append);
  },

  vector_search(store, input) {
    const request = RequestReader.of(completeSearch(input), input.length);
    const given = request.string("table_name");
    const vector = request.vector("vector");
    const limit = Math.min(request.u32("limit", defaultLimit) || defaultLimit, maxLimit);
    const options = { limit, filter: request.string("filter", ""), vectorColumn: request.string("vector_column", "") };
    const format = outputFormat(request.string("output_format", ""));
    refuseBlank(given);
    if (vector.length === 0) throw new Error("vector must not be empty");
    const find = () => {
      const table = store.table(given);
      return { table, hits: store.search(table, vector, options) };
    };
    if (format === "json") return jsonResult(find());
    const encode = paying((arrow: Awaited<ReturnType<typeof loadArrow>>) => {
      const { table, hits } = find();
      const data = encodeHits(arrow, table, hits);
      return { ...found("arrow_ipc", hits.length, data.length), data };
    });
    return loadArrow().then(encode);
  },

  delete(store, input) {
    const request = RequestReader.parse(input);
    const given = request.string("table_name");
    const condition = request.string("condition").trim();
    refuseBlank(given);
    if (condition === "") throw new Error("condition must not be empty");
    const name = tableName(given);
    const table = store.table(name);
    const deleted_rows = store.delete(table, condition);
    return { success: true, message: `delete completed for '${name}'`, version: table.version, deleted_rows };
  },

  drop_table(store, input) {
    const name = tableName(RequestReader.parse(input).string("table_name"));
    store.drop(name);
    return { success: true, message: `table '${name}' dropped` };
  },
};

function upsert(store: VectorStore, table: Table, batch: RowBatch, keys: readonly string[]): Result {
  const { inserted, updated } = store.upsert(table, batch, keys);
  const done = keys.length > 0 ? "merge upsert completed" : "append completed";
  return {
    success: true,
    message: batch.count === 0 ? "no rows to write" : done,
    version: table.version,
    input_rows: batch.count,
    inserted_rows: inserted,
    updated_rows: updated,
    deleted_rows: 0,
  };
}

function jsonBatch(table: Table, payload: UpsertPayload): RowBatch {
  if (payload.bytes) return rowsFromJson(table.schema, new TextDecoder().decode(payload.bytes));
  return batchRows(table.schema, payload.rows);
}

/** @param inputLength of the request: only one that long can hold rows that are too large */
function checkSize(payload: UpsertPayload, inputLength: number): void {
  if (!payload.bytes && inputLength <= maxPayloadBytes / 3) return;
  const bytes = payloadBytes(payload).length;
  if (bytes > maxPayloadBytes) throw new Error(`payload too large: ${bytes} bytes (max ${maxPayloadBytes})`);
}

function jsonResult({ table, hits }: { table: Table; hits: readonly Hit[] }): Result {
  const { rows, bytes } = hitRows(table, hits);
  return { ...found("json", rows.length, bytes), data_json: rows };
}

function found(format: string, rows: number, byte_length: number): Result {
  return { success: true, message: "search completed", format, rows, byte_length };
}

function inputFormat(given: string): "json" | "arrow_ipc" {
  const word = given.trim().toLowerCase();
  if (["", "unspecified", "json", "json_rows", "json-rows"].includes(word)) return "json";
  if (["arrow", "arrow_ipc", "arrow-ipc"].includes(word)) return "arrow_ipc";
  throw new Error(`unsupported input_format: ${word}`);
}

function outputFormat(given: string): "json" | "arrow_ipc" {
  const word = given.trim().toLowerCase();
  if (["", "unspecified", "arrow", "arrow_ipc", "arrow-ipc"].includes(word)) return "arrow_ipc";
  if (["json", "json_rows", "json-rows"].includes(word)) return "json";
  throw new Error(`unsupported output_format: ${word}`);
}
