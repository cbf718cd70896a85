/**
 * Looking into a store from outside its skill: tables, rows, nearest rows (`runtime.databases.lancedb`).
 * @module
 */
import { messageOf } from "../../base/message-of.ts";
import type { VectorPage, VectorRowsOptions, VectorSearch, VectorTable, VectorValue } from "../../contract/contract.ts";
import { LuaSkillsError } from "../../errors.ts";
import type { Column } from "../table/schema.ts";
import type { Table } from "../table/table.ts";
import type { VectorStore } from "./store.ts";

export interface PageLimits {
  readonly maxRows: number;
  readonly maxBytes: number;
}

const defaultRows = 100;
const defaultNearest = 10;

export function readTables(store: VectorStore): VectorTable[] {
  return store.names().map((name) => {
    const table = openTable(store, name);
    const columns = table.schema.map(describeColumn);
    return { name, rows: table.size, version: table.version, bytes: table.bytes, columns };
  });
}

export function readRows(
  store: VectorStore,
  name: string,
  { filter = "", offset = 0, limit = defaultRows }: VectorRowsOptions,
  limits: PageLimits,
): VectorPage {
  const table = openTable(store, name);
  const from = count(offset, "offset");
  const to = from + Math.min(count(limit, "limit"), limits.maxRows);
  const matching = argument(() => store.matching(table, text(filter, "filter")));
  return page(table, matching.slice(from, to), matching.length, limits);
}

export function searchRows(
  store: VectorStore,
  { table: name, vector, limit = defaultNearest, filter = "", vectorColumn = "" }: VectorSearch,
  limits: PageLimits,
): VectorPage {
  const table = openTable(store, name);
  const query = queryVector(vector);
  const options = {
    limit: Math.min(count(limit, "limit"), limits.maxRows),
    filter: text(filter, "filter"),
    vectorColumn: text(vectorColumn, "vectorColumn").trim(),
  };
  const hits = argument(() => store.search(table, query, options));
  const total = argument(() => store.matching(table, filter)).length;
  const [ids, distances] = [hits.map(({ row }) => row), hits.map(({ distance }) => distance)];
  return page(table, ids, total, limits, distances);
}

function describeColumn(column: Column): VectorTable["columns"][number] {
  const { name, nullable } = column;
  return column.type === "vector"
    ? { name, type: "vector_float32", nullable, dim: column.dim }
    : { name, type: column.type, nullable };
}

/** @throws LuaSkillsError `not_found` | `storage_error` */
export function openTable(store: VectorStore, name: string): Table {
  const names = store.names();
  if (!names.includes(name)) {
    const there = names.length > 0 ? `the tables are: ${names.join(", ")}` : "the store has no tables";
    throw new LuaSkillsError("not_found", `there is no vector table '${name}'; ${there}`, { data: { tables: names } });
  }
  try {
    return store.table(name);
  } catch (error) {
    throw new LuaSkillsError("storage_error", `the vector table '${name}' cannot be read: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

function page(
  table: Table,
  ids: readonly number[],
  total: number,
  { maxBytes }: PageLimits,
  distances?: readonly number[],
): VectorPage {
  const rows: Array<Record<string, VectorValue>> = [];
  let bytes = 0;
  for (const [i, id] of ids.entries()) {
    if (bytes >= maxBytes) return { rows, total, truncated: true };
    // A list, because names are a skill's: `Object.fromEntries` makes own members also of `__proto__`.
    const members = table.schema.map(({ name }, position): readonly [string, VectorValue] => [
      name,
      cell(table, position, id),
    ]);
    for (const [, value] of members) bytes += typeof value === "string" || Array.isArray(value) ? value.length * 8 : 8;
    const distance = distances?.[i];
    if (distance !== undefined) members.push(["_distance", Math.fround(distance)]);
    rows.push(Object.fromEntries(members));
  }
  return { rows, total, truncated: false };
}

function cell(table: Table, position: number, row: number): VectorValue {
  if (table.schema[position]?.type !== "vector") return table.scalar(position, row);
  const vector = table.vectors(position).get(row);
  return vector && Array.from(vector);
}

function queryVector(vector: unknown): Float32Array {
  if (!Array.isArray(vector) || vector.length === 0) {
    throw new LuaSkillsError("invalid_argument", "vector must be a list of numbers that is not empty");
  }
  return Float32Array.from(vector, (item: unknown, i) => {
    if (typeof item === "number") return item;
    const kind = item === null ? "null" : typeof item;
    throw new LuaSkillsError("invalid_argument", `vector[${i}] must be a number, got ${kind}`);
  });
}

function count(value: unknown, what: string): number {
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return value;
  throw new LuaSkillsError("invalid_argument", `${what} must be a whole number of at least 0, got ${String(value)}`);
}

function text(value: unknown, what: string): string {
  if (typeof value === "string") return value;
  throw new LuaSkillsError("invalid_argument", `${what} must be a string, got ${typeof value}`);
}

/** What a filter or a vector is refused with is about the argument. */
function argument<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new LuaSkillsError("invalid_argument", messageOf(error), { cause: error });
  }
}
