/**
 * A skill's vector store from outside its skill; its files out, and in again (`runtime.databases.lancedb`).
 * @module
 */
import { messageOf } from "../../base/message-of.ts";
import type { VectorPage, VectorRowsOptions, VectorSearch, VectorTable } from "../../contract/contract.ts";
import { LuaSkillsError } from "../../errors.ts";
import type { Vfs } from "../../vfs/interface.ts";
import { checkTable } from "../table/check-table.ts";
import { tableName } from "../table/schema.ts";
import { tableOfFile, type VectorStore } from "./store.ts";
import { openTable, type PageLimits, readRows, readTables, searchRows } from "./store-reader.ts";

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

export function vectorFiles(stores: OpenStores, vfs: Vfs): VectorFiles {
  return {
    tables: (dir) => readTables(stores.storeAt(dir)),
    rows: (dir, table, options, limits) => readRows(stores.storeAt(dir), table, options, limits),
    search: (dir, search, limits) => searchRows(stores.storeAt(dir), search, limits),

    read(dir) {
      const store = stores.storeAt(dir);
      // Opening a table mends it: what a crash cut short is not handed on.
      for (const name of store.names()) openTable(store, name);
      return new Map(store.names().map((name) => [`${name}.vectors`, vfs.readFile(`${dir}/${name}.vectors`)]));
    },

    async replace(dir, files, commit) {
      const [fresh, old] = [dir + freshSuffix, dir + oldSuffix];
      recoverReplacement(vfs, dir);
      let swapped = false;
      try {
        vfs.mkdir(fresh, { recursive: true });
        for (const [file, bytes] of files) write(fresh, file, bytes);
        stores.forget(dir);
        if (vfs.stat(dir)) vfs.rename(dir, old);
        // From here on what stands there is new.
        swapped = true;
        vfs.rename(fresh, dir);
        await commit();
      } catch (error) {
        stores.forget(dir);
        if (swapped && vfs.stat(dir)) vfs.remove(dir, { recursive: true });
        recoverReplacement(vfs, dir);
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
      throw invalid(messageOf(error));
    }
    vfs.writeFile(path, bytes);
    try {
      checkTable(vfs, path);
    } catch (error) {
      throw invalid(`the table '${name}' cannot be used: ${messageOf(error).replace(`${path} `, "the file ")}`);
    }
  }
}

function invalid(message: string): LuaSkillsError {
  return new LuaSkillsError("invalid_database", `${message}; nothing was changed`);
}
