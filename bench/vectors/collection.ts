import { defaultKernel, type MakeKernel } from "../../src/vectors/search/kernel.ts";
import { VectorStore } from "../../src/vectors/store/store.ts";
import type { Table } from "../../src/vectors/table/table.ts";
import { MemoryTree } from "../../src/vfs/memory-tree.ts";
import { clustered, plainSearch, queriesNear } from "./data.ts";

const perWrite = 10_000;
export const limit = 10;

/** A table of the embedded store beside the same vectors as one array. */
export interface Collection {
  readonly rows: number;
  readonly dim: number;
  readonly data: Float32Array;
  readonly queries: readonly Float32Array[];
  /** Row ids, nearest first. */
  search(query: Float32Array, filter?: string): number[];
  /** Bytes of the table in the filesystem. */
  readonly fileBytes: number;
}

export function makeCollection(rows: number, dim: number, makeKernel: MakeKernel = defaultKernel()): Collection {
  const data = clustered(rows, dim);
  const vfs = new MemoryTree();
  vfs.mkdir("/vectors");
  const store = new VectorStore(vfs, "/vectors", makeKernel);
  const table = store.create(
    "t",
    [
      { name: "id", type: "int64", nullable: false },
      { name: "v", type: "vector", dim, nullable: false },
    ],
    false,
  );
  fill(store, table, data, dim);
  const search = (query: Float32Array, filter = "") =>
    store.search(table, query, { limit, filter, vectorColumn: "v" }).map((hit) => hit.row);
  const queries = queriesNear(data, dim, 16);
  return { rows, dim, data, queries, search, fileBytes: vfs.stat("/vectors/t.vectors")?.size ?? 0 };
}

/** Share of the exact answers that the store found, over all queries. */
export function recall({ data, dim, queries, search }: Collection): number {
  let found = 0;
  for (const query of queries) {
    const answer = new Set(search(query));
    for (const row of plainSearch(data, dim, query, limit)) if (answer.has(row)) found++;
  }
  return found / (queries.length * limit);
}

function fill(store: VectorStore, table: Table, data: Float32Array, dim: number): void {
  for (let from = 0; from * dim < data.length; from += perWrite) {
    const part = data.subarray(from * dim, (from + perWrite) * dim);
    const count = part.length / dim;
    const ids = Array.from({ length: count }, (_, i) => from + i);
    const cells = [
      { kind: "scalar" as const, values: ids },
      { kind: "vector" as const, dim, data: part, valid: new Uint8Array(count).fill(1) },
    ];
    store.upsert(table, { count, cells }, []);
  }
}
