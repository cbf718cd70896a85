/**
 * A skill's database in a page's worker, at the host's border: in the tree against IndexedDB and sqlite-wasm in memory, in OPFS
 * against sqlite-wasm's own SAH pool.
 * @module
 */
import { createStore, setMany } from "idb-keyval";
import { OpfsFiles } from "../src/sqlite/files/opfs-files.ts";
import { IndexedDbBackend } from "../src/vfs/backends/indexeddb.ts";
import { chunkBytes } from "../src/vfs/file-content.ts";
import { MemoryTree } from "../src/vfs/memory-tree.ts";
import { TreeStore } from "../src/vfs/tree-store.ts";
import type { Batch, Bench, BenchFile } from "./harness/harness.ts";
import { databaseFile, openEmbedded } from "./sqlite/embedded.ts";
import { openPool, openRaw, type RawDatabase, rawBatches, rowsOf, schema } from "./sqlite/raw.ts";

type Call = Awaited<ReturnType<typeof openEmbedded>>;

/** SAH pools need a worker. */
export const inWorker = true;

const wideRows = 180_000;
const bulkRows = 100_000;
const resultRows = 20_000;
const pointQueries = 2000;
const updates = 20;

const wide = `DROP TABLE IF EXISTS wide; CREATE TABLE wide(id INTEGER PRIMARY KEY, body TEXT);
  WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < ${wideRows})
  INSERT INTO wide SELECT i, hex(randomblob(50)) FROM c`;
const change = "UPDATE wide SET body = ?1 WHERE id = ?2";

export const benches: BenchFile["benches"] = async () => {
  const wasm = new URL("/dist/sqlite3.wasm", location.href);
  const store = await TreeStore.open(await IndexedDbBackend.open("bench-sqlite"));
  const inTree = await openEmbedded(store.fs, { wasm });
  const files = await OpfsFiles.open({ name: "bench", maxBytes: 0 });
  const inOpfs = await openEmbedded(new MemoryTree(), { wasm, files });
  const raw = await openRaw(wasm);
  const memory: RawDatabase = new raw.oo1.DB(":memory:");
  const pool = await openPool(raw);
  for (const database of [memory, pool]) database.exec(`${schema}; ${wide}`);
  for (const call of [inTree, inOpfs])
    await call("execute_script", { sql: `DROP TABLE IF EXISTS t; ${schema}; ${wide}` });
  await store.commit();

  const megabytes = Math.round((store.fs.stat(databaseFile)?.size ?? 0) / 1e6);
  const items = rowsOf(bulkRows);
  const [ofMemory, ofPool] = [rawBatches(memory, items), rawBatches(pool, items)];
  for (const { bulk } of [ofMemory, ofPool]) bulk();
  const updatePool = pool.prepare(change);
  const plain = createStore("bench-sqlite-plain", "kv");
  const chunk = (): Uint8Array => new Uint8Array(chunkBytes).fill(Math.random() * 255);
  const oneRow = `one changed row of a ${megabytes} MB database made durable`;
  const list: Bench[] = [
    {
      question: oneRow,
      subject: { name: "in the tree, with commit", batch: changeRows(inTree, () => store.commit()) },
      reference: {
        // The page of the row and the first page: two chunks.
        name: "idb-keyval, same bytes",
        batch: async () => {
          for (let i = 0; i < updates; i++) {
            await setMany(
              ["a", "b"].map((key): [string, Uint8Array] => [key, chunk()]),
              plain,
            );
          }
          return updates;
        },
      },
      wanted: 2,
    },
    {
      question: oneRow,
      subject: { name: "in OPFS", batch: changeRows(inOpfs, async () => {}) },
      reference: {
        name: "SAH pool, prepared",
        batch: () => {
          for (let i = 0; i < updates; i++) {
            const row = nextRow();
            updatePool.bind([`turn ${row}`, row]).stepReset();
          }
          return updates;
        },
      },
      wanted: 1.3,
    },
    ...against("in the tree", inTree, "raw in memory", ofMemory),
    ...against("in OPFS", inOpfs, "SAH pool", ofPool),
  ];
  return {
    list,
    async close() {
      updatePool.finalize();
      for (const { close } of [ofMemory, ofPool]) close();
      files.close();
      await store.close();
    },
  };

  function against(name: string, call: Call, peer: string, theirs: ReturnType<typeof rawBatches>): Bench[] {
    return [
      {
        question: `insert a row, ${bulkRows / 1000}k by execute_batch`,
        subject: {
          name,
          batch: async () => {
            await call("execute_script", { sql: "DELETE FROM t" });
            await call("execute_batch", { sql: "INSERT INTO t VALUES(?1, ?2, ?3)", items });
            return bulkRows;
          },
        },
        reference: { name: `${peer}, json_each`, batch: theirs.bulk },
        rounds: 5,
      },
      {
        question: "point query",
        subject: {
          name,
          batch: async () => {
            const sql = "SELECT name, score FROM t WHERE id = ?1";
            for (let i = 1; i <= pointQueries; i++) await call("query_json", { sql, params: [i] });
            return pointQueries;
          },
        },
        reference: { name: `${peer}, prepared`, batch: theirs.points(pointQueries) },
      },
      {
        question: `a row of ${resultRows / 1000}k`,
        subject: {
          name,
          batch: async () => {
            await call("query_json", { sql: "SELECT id, name, score FROM t LIMIT ?1", params: [resultRows] });
            return resultRows;
          },
        },
        reference: { name: `${peer}, rows to JS`, batch: theirs.rows(resultRows) },
      },
    ];
  }
};

let row = 0;
function nextRow(): number {
  row = (row + 7919) % wideRows;
  return row + 1;
}

function changeRows(call: Call, settle: () => Promise<void>): Batch {
  return async () => {
    for (let i = 0; i < updates; i++) {
      const id = nextRow();
      await call("execute_script", { sql: change, params: [`turn ${id}`, id] });
      await settle();
    }
    return updates;
  };
}
