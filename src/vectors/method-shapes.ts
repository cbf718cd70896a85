/**
 * What the five methods of `vulcan.lancedb` are asked and what they answer (databases.md §12.3–§12.7), wherever the tables lie.
 * @module
 */
import type { RequestReader } from "./rows/request.ts";
import { declareSchema, refuseBlank, refuseUnknownTypes, type Schema, tableName } from "./table/schema.ts";

export type RowFormat = "json" | "arrow_ipc";

const maxPayloadBytes = 52_428_800;
const maxLimit = 10_000;
const defaultLimit = 10;

/** @throws Error with the text Lua sees, as all of these */
export function readCreate(request: RequestReader): { name: string; schema: Schema; overwrite: boolean } {
  const given = request.string("table_name");
  const columns = request.columns("columns");
  const overwrite = request.boolean("overwrite_if_exists", false);
  refuseUnknownTypes(columns);
  refuseBlank(given);
  const schema = declareSchema(columns);
  return { name: tableName(given), schema, overwrite };
}

export function readUpsert(request: RequestReader): { given: string; keys: string[]; format: RowFormat } {
  const given = request.string("table_name");
  const keys = request.strings("key_columns");
  const format = rowFormat(request, "input_format", "json");
  refuseBlank(given);
  return { given, keys, format };
}

export function readSearch(request: RequestReader) {
  const given = request.string("table_name");
  const vector = request.vector("vector");
  const limit = Math.min(request.u32("limit", defaultLimit) || defaultLimit, maxLimit);
  const filter = request.string("filter", "");
  const vectorColumn = request.string("vector_column", "");
  const format = rowFormat(request, "output_format", "arrow_ipc");
  refuseBlank(given);
  if (vector.length === 0) throw new Error("vector must not be empty");
  return { given, vector, format, limit, filter, vectorColumn };
}

export function readDelete(request: RequestReader): { name: string; condition: string } {
  const given = request.string("table_name");
  const condition = request.string("condition").trim();
  refuseBlank(given);
  if (condition === "") throw new Error("condition must not be empty");
  return { name: tableName(given), condition };
}

/** Below this no payload of so many characters is too large. */
export const surelySmall = maxPayloadBytes / 3;

export function refuseLarge(bytes: number): void {
  if (bytes > maxPayloadBytes) throw new Error(`payload too large: ${bytes} bytes (max ${maxPayloadBytes})`);
}

export const created = (name: string) => ({ success: true, message: `table '${name}' is ready` });

export const dropped = (name: string) => ({ success: true, message: `table '${name}' dropped` });

export const deleted = (name: string, version: number, deleted_rows: number) => ({
  success: true,
  message: `delete completed for '${name}'`,
  version,
  deleted_rows,
});

export const found = (format: RowFormat, rows: number, byte_length: number) => ({
  success: true,
  message: "search completed",
  format,
  rows,
  byte_length,
});

/** @param rows given; `inserted` and `updated` are what became of them */
export function upserted(
  merges: boolean,
  version: number,
  { rows, inserted, updated }: { rows: number; inserted: number; updated: number },
) {
  const done = merges ? "merge upsert completed" : "append completed";
  return {
    success: true,
    message: rows === 0 ? "no rows to write" : done,
    version,
    input_rows: rows,
    inserted_rows: inserted,
    updated_rows: updated,
    deleted_rows: 0,
  };
}

function rowFormat(request: RequestReader, member: string, blank: RowFormat): RowFormat {
  const word = request.string(member, "").trim().toLowerCase();
  if (word === "" || word === "unspecified") return blank;
  if (["json", "json_rows", "json-rows"].includes(word)) return "json";
  if (["arrow", "arrow_ipc", "arrow-ipc"].includes(word)) return "arrow_ipc";
  throw new Error(`unsupported ${member}: ${word}`);
}
