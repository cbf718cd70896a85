/**
 * The tables of one skill: a directory with a file per table, opened when first used.
 * @module
 */
import { charge } from "../../base/work.ts";
import type { Vfs } from "../../vfs/interface.ts";
import { compileFilter } from "../filter/filter.ts";
import type { MakeKernel } from "../search/kernel.ts";
import { type Hit, searchNearest } from "../search/search.ts";
import { planMerge } from "../table/merge.ts";
import type { RowBatch } from "../table/row-batch.ts";
import { type Schema, tableName } from "../table/schema.ts";
import { Table } from "../table/table.ts";
import { chooseVectorColumn } from "../table/vector-column.ts";

/** What a look at one row costs; what its cells cost comes on top. */
const rowUnits = 5;

export interface UpsertCounts {
  readonly inserted: number;
  readonly updated: number;
}

export interface SearchOptions {
  readonly limit: number;
  /** Blank: every row. */
  readonly filter: string;
  /** Blank: the only one that fits. */
  readonly vectorColumn: string;
}

export class VectorStore {
  readonly #tables = new Map<string, Table>();

  constructor(
    private readonly vfs: Vfs,
    private readonly dir: string,
    private readonly makeKernel: MakeKernel,
  ) {}

  get memoryBytes(): number {
    let bytes = 0;
    for (const table of this.#tables.values()) bytes += table.memoryBytes;
    return bytes;
  }

  /** @throws Error when it is there and `overwrite` is not set */
  create(given: string, schema: Schema, overwrite: boolean): Table {
    const name = tableName(given);
    const old = this.#find(name);
    if (old && !overwrite) throw new Error(`Table '${name}' already exists`);
    old?.close();
    this.#tables.delete(name);
    const table = Table.create(this.vfs, this.#path(name), schema, (old?.version ?? 0) + 1, this.makeKernel);
    this.#tables.set(name, table);
    return table;
  }

  /** @throws Error `Table '…' was not found` */
  table(given: string): Table {
    const name = tableName(given);
    const table = this.#find(name);
    if (!table) throw new Error(`Table '${name}' was not found`);
    return table;
  }

  /** Appends, or merges when there are key columns. All of it or nothing. */
  upsert(table: Table, batch: RowBatch, keyColumns: readonly string[]): UpsertCounts {
    if (batch.count === 0) return { inserted: 0, updated: 0 };
    if (keyColumns.length === 0) {
      table.write(batch, []);
      return { inserted: batch.count, updated: 0 };
    }
    const plan = planMerge(table, batch, keyColumns);
    table.write(plan.added, plan.removed);
    return { inserted: plan.inserted, updated: plan.updated };
  }

  search(table: Table, query: Float32Array, options: SearchOptions): Hit[] {
    const column = chooseVectorColumn(table.schema, query.length, options.vectorColumn);
    const eligible = this.#matching(table, options.filter);
    const vectors = table.vectors(column);
    vectors.restrict(eligible);
    return searchNearest(vectors, query, eligible, options.limit);
  }

  /** Ids of the rows a filter keeps, in the order they were written; a blank one keeps all. */
  matching(table: Table, filter: string): number[] {
    const ids: number[] = [];
    for (const [row, byte] of this.#matching(table, filter).entries()) if (byte === 1) ids.push(row);
    return ids;
  }

  /** Sorted. */
  names(): string[] {
    if (this.vfs.stat(this.dir)?.kind !== "dir") return [];
    return this.vfs.list(this.dir).flatMap((file) => tableOfFile(file) ?? []);
  }

  /** The number of rows deleted. */
  delete(table: Table, condition: string): number {
    const removed = this.matching(table, condition);
    table.write(undefined, removed);
    return removed.length;
  }

  drop(given: string): void {
    const name = tableName(given);
    this.table(name).close();
    this.#tables.delete(name);
    this.vfs.remove(this.#path(name));
  }

  /** Forgets what is cached; the files stay. */
  close(): void {
    for (const table of this.#tables.values()) table.close();
    this.#tables.clear();
  }

  /** A byte per row id: alive and kept by the filter. */
  #matching(table: Table, filter: string): Uint8Array {
    const out = new Uint8Array(table.rows);
    const keeps = filter.trim() === "" ? undefined : compileFilter(filter, table.schema, cellsOf(table));
    for (let row = 0; row < out.length; row++) {
      // Every operator and every value of a list is looked at for every row.
      charge(rowUnits + filter.length);
      if (table.isAlive(row) && (!keeps || keeps(row))) out[row] = 1;
    }
    return out;
  }

  #find(name: string): Table | undefined {
    const open = this.#tables.get(name);
    if (open?.current) return open;
    open?.close();
    this.#tables.delete(name);
    const path = this.#path(name);
    if (this.vfs.stat(path)?.kind !== "file") return undefined;
    const table = Table.open(this.vfs, path, this.makeKernel);
    this.#tables.set(name, table);
    return table;
  }

  #path(name: string): string {
    return `${this.dir}/${name}${extension}`;
  }
}

const extension = ".vectors";

/** The table a file of a store holds; undefined for other files. */
export function tableOfFile(file: string): string | undefined {
  return file.endsWith(extension) && file.length > extension.length ? file.slice(0, -extension.length) : undefined;
}

function cellsOf(table: Table) {
  return {
    scalar: (column: number, row: number) => table.scalar(column, row),
    hasVector: (column: number, row: number) => table.vectors(column).has(row),
  };
}
