/**
 * A skill's vector store from outside its skill: tables, rows, nearest rows, and its files out and in
 * (`runtime.databases.lancedb`).
 * @module
 */
import type { VectorPage, VectorRowsOptions, VectorSearch, VectorTable, VectorValue } from "../contract.ts";
import { LuaSkillsError } from "../errors.ts";
import type { Vfs } from "../vfs/interface.ts";
import { checkTable } from "./check-table.ts";
import { rowValues } from "./row-values.ts";
import { type Column, tableName } from "./schema.ts";
import { tableOfFile, type VectorStore } from "./store.ts";
import type { Table } from "./table.ts";

export interface PageLimits {
  readonly maxRows: number;
  readonly maxBytes: number;
}

/** By the directory of the store. */
export interface VectorFiles {
  tables(dir: string): VectorTable[];
  rows(dir: string, table: string, options: VectorRowsOptions, limits: PageLimits): VectorPage;
  search(dir: string, search: VectorSearch, limits: PageLimits): VectorPage;
  /** The content of every table file, by its name. */
  read(dir: string): Map<string, Uint8Array>;
  /** @param commit makes what was written durable; when it fails the old tables are back */
  replace(dir: string, files: ReadonlyMap<string, Uint8Array>, commit: () => Promise<void>): Promise<void>;
}

export interface OpenStores {
  storeAt(dir: string): VectorStore;
  /** Closes one store; its next use opens it again. */
  forget(dir: string): void;
}

/** Where an import lies until it takes the place of the store, and the store that gave way until that is durable. */
const freshSuffix = ".import";
const oldSuffix = ".replaced";

/** Finishes or undoes an import that a crash cut off where renames are not one commit (a real directory). */
export function recoverReplacement(vfs: Vfs, dir: string): void {
  const [fresh, old] = [dir + freshSuffix, dir + oldSuffix];
  if (vfs.stat(old) && !vfs.stat(dir)) vfs.rename(old, dir);
  for (const left of [fresh, old]) if (vfs.stat(left)) vfs.remove(left, { recursive: true });
}

const defaultRows = 100;
const defaultNearest = 10;

export function vectorFiles(stores: OpenStores, vfs: Vfs): VectorFiles {
  return {
    tables(dir) {
      const store = stores.storeAt(dir);
      return store.names().map((name) => describe(opened(store, name), name, vfs.stat(`${dir}/${name}.vectors`)?.size));
    },

    rows(dir, name, { filter = "", offset = 0, limit = defaultRows }, limits) {
      const store = stores.storeAt(dir);
      const table = opened(store, name);
      const from = count(offset, "offset");
      const to = from + Math.min(count(limit, "limit"), limits.maxRows);
      const matching = argument(() => store.matching(table, text(filter, "filter")));
      return page(table, matching.slice(from, to), matching.length, limits);
    },

    search(dir, { table: name, vector, limit = defaultNearest, filter = "", vectorColumn = "" }, limits) {
      const store = stores.storeAt(dir);
      const table = opened(store, name);
      const query = Float32Array.from(vector, (item, i) => {
        if (typeof item === "number") return item;
        throw new LuaSkillsError(
          "invalid_argument",
          `vector[${i}] must be a number, got ${item === null ? "null" : typeof item}`,
        );
      });
      if (query.length === 0) throw new LuaSkillsError("invalid_argument", "vector must not be empty");
      const most = Math.min(count(limit, "limit"), limits.maxRows);
      const options = {
        limit: most,
        filter: text(filter, "filter"),
        vectorColumn: text(vectorColumn, "vectorColumn").trim(),
      };
      const hits = argument(() => store.search(table, query, options));
      const total = argument(() => store.matching(table, filter)).length;
      return page(
        table,
        hits.map(({ row }) => row),
        total,
        limits,
        hits.map(({ distance }) => distance),
      );
    },

    read(dir) {
      const store = stores.storeAt(dir);
      // Opening a table mends it: what a crash cut short is not handed on.
      for (const name of store.names()) opened(store, name);
      return new Map(store.names().map((name) => [`${name}.vectors`, vfs.readFile(`${dir}/${name}.vectors`)]));
    },

    async replace(dir, files, commit) {
      const [fresh, old] = [dir + freshSuffix, dir + oldSuffix];
      recoverReplacement(vfs, dir);
      try {
        vfs.mkdir(fresh, { recursive: true });
        for (const [file, bytes] of files) write(fresh, file, bytes);
        stores.forget(dir);
        if (vfs.stat(dir)) vfs.rename(dir, old);
        vfs.rename(fresh, dir);
        await commit();
      } catch (error) {
        if (vfs.stat(old)) {
          stores.forget(dir);
          if (vfs.stat(dir)) vfs.remove(dir, { recursive: true });
          vfs.rename(old, dir);
        }
        if (vfs.stat(fresh)) vfs.remove(fresh, { recursive: true });
        throw error;
      }
      if (vfs.stat(old)) vfs.remove(old, { recursive: true });
    },
  };

  function write(dir: string, file: string, bytes: Uint8Array): void {
    const name = tableOfFile(file);
    if (name === undefined) throw invalid(`'${file}' is no vector table: their files are called <table>.vectors`);
    const path = `${dir}/${file}`;
    try {
      tableName(name);
    } catch (error) {
      throw invalid(reason(error));
    }
    vfs.writeFile(path, bytes);
    try {
      checkTable(vfs, path);
    } catch (error) {
      throw invalid(`the table '${name}' cannot be used: ${reason(error).replace(`${path} `, "the file ")}`);
    }
  }
}

function describe(table: Table, name: string, bytes = 0): VectorTable {
  return { name, rows: table.size, version: table.version, bytes, columns: table.schema.map(describeColumn) };
}

function describeColumn(column: Column): VectorTable["columns"][number] {
  const { name, nullable } = column;
  return column.type === "vector"
    ? { name, type: "vector_float32", nullable, dim: column.dim }
    : { name, type: column.type, nullable };
}

/** @throws LuaSkillsError `not_found` | `storage_error` */
function opened(store: VectorStore, name: string): Table {
  const names = store.names();
  if (!names.includes(name)) {
    const there = names.length > 0 ? `the tables are: ${names.join(", ")}` : "the store has no tables";
    throw new LuaSkillsError("not_found", `there is no vector table '${name}'; ${there}`, { data: { tables: names } });
  }
  try {
    return store.table(name);
  } catch (error) {
    throw new LuaSkillsError("storage_error", `the vector table '${name}' cannot be read: ${reason(error)}`, {
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
    const members: Array<readonly [string, VectorValue]> = rowValues(table, id, exact, exact);
    for (const [, value] of members) bytes += typeof value === "string" || Array.isArray(value) ? value.length * 8 : 8;
    const distance = distances?.[i];
    if (distance !== undefined) members.push(["_distance", Math.fround(distance)]);
    rows.push(Object.fromEntries(members));
  }
  return { rows, total, truncated: false };
}

const exact = <T>(value: T): T => value;

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
    throw new LuaSkillsError("invalid_argument", reason(error), { cause: error });
  }
}

function invalid(message: string): LuaSkillsError {
  return new LuaSkillsError("invalid_database", `${message}; nothing was changed`);
}

const reason = (error: unknown) => (error instanceof Error ? error.message : String(error));
