/**
 * The five methods of `vulcan.lancedb` on the embedded store (databases.md §12.3–§12.7).
 * @module
 */

import { paying } from "../base/work.ts";
import { completeSearch, payloadBytes, splitUpsert, type UpsertPayload } from "../databases/vector-payload.ts";
import type { LuaValue } from "../lua/interface.ts";
import {
  created,
  deleted,
  dropped,
  found,
  readCreate,
  readDelete,
  readSearch,
  readUpsert,
  refuseLarge,
  surelySmall,
  upserted,
} from "./method-shapes.ts";
import { decodeRows, encodeHits, loadArrow } from "./rows/arrow.ts";
import { batchRows, rowsFromJson } from "./rows/json-rows.ts";
import { RequestReader } from "./rows/request.ts";
import { hitRows } from "./search/hit-rows.ts";
import type { Hit } from "./search/search.ts";
import type { VectorStore } from "./store/store.ts";
import type { RowBatch } from "./table/row-batch.ts";
import { tableName } from "./table/schema.ts";
import type { Table } from "./table/table.ts";

type Result = { readonly [member: string]: LuaValue };
type Operation = (store: VectorStore, input: string, data: Uint8Array | undefined) => Result | Promise<Result>;

export const operations: Readonly<Record<string, Operation>> = {
  create_table(store, input) {
    const { name, schema, overwrite } = readCreate(RequestReader.parse(input));
    store.create(name, schema, overwrite);
    return created(name);
  },

  vector_upsert(store, input, data) {
    const payload = splitUpsert(input, data);
    const { given, keys, format } = readUpsert(RequestReader.of(payload.input, input.length));
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
    const { given, vector, format, ...options } = readSearch(RequestReader.of(completeSearch(input), input.length));
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
    const { name, condition } = readDelete(RequestReader.parse(input));
    const table = store.table(name);
    const rows = store.delete(table, condition);
    return deleted(name, table.version, rows);
  },

  drop_table(store, input) {
    const name = tableName(RequestReader.parse(input).string("table_name"));
    store.drop(name);
    return dropped(name);
  },
};

function upsert(store: VectorStore, table: Table, batch: RowBatch, keys: readonly string[]): Result {
  const { inserted, updated } = store.upsert(table, batch, keys);
  return upserted(keys.length > 0, table.version, { rows: batch.count, inserted, updated });
}

function jsonBatch(table: Table, payload: UpsertPayload): RowBatch {
  if (payload.bytes) return rowsFromJson(table.schema, new TextDecoder().decode(payload.bytes));
  return batchRows(table.schema, payload.rows);
}

/** @param inputLength of the request: only one that long can hold rows that are too large */
function checkSize(payload: UpsertPayload, inputLength: number): void {
  if (payload.bytes || inputLength > surelySmall) refuseLarge(payloadBytes(payload).length);
}

function jsonResult({ table, hits }: { table: Table; hits: readonly Hit[] }): Result {
  const { rows, bytes } = hitRows(table, hits);
  return { ...found("json", rows.length, bytes), data_json: rows };
}
