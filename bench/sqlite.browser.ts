/**
 * A skill's database in a page's worker thread: what making one changed row durable costs for a database of 20 MB,
 * against IndexedDB storing the same chunks, and against the OPFS SAH-pool where the page's thread allows it.
 * @module
 */
import { createStore, setMany } from "idb-keyval";
import { IndexedDbBackend } from "../src/vfs/backends/indexeddb.ts";
import { chunkBytes } from "../src/vfs/file-content.ts";
import { TreeStore } from "../src/vfs/tree-store.ts";
import type { BenchFile } from "./harness.ts";
import { databaseFile, openEmbedded } from "./sqlite/embedded.ts";

const rows = 180_000;

export const benches: BenchFile["benches"] = async () => {
  const store = await TreeStore.open(await IndexedDbBackend.open("bench-sqlite"));
  const call = await openEmbedded(store.fs, new URL("/dist/sqlite3.wasm", location.href));
  await call("execute_script", {
    sql: `DROP TABLE IF EXISTS t; CREATE TABLE t(id INTEGER PRIMARY KEY, body TEXT);
      WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < ${rows})
      INSERT INTO t SELECT i, hex(randomblob(50)) FROM c`,
  });
  await store.commit();
  const megabytes = Math.round((store.fs.stat(databaseFile)?.size ?? 0) / 1e6);
  const plain = createStore("bench-sqlite-plain", "kv");
  const chunk = (): Uint8Array => new Uint8Array(chunkBytes).fill(Math.random() * 255);
  let row = 0;
  const times = 20;
  const list = [
    {
      question: `one changed row of a ${megabytes} MB database made durable`,
      subject: {
        name: "update + commit",
        batch: async () => {
          for (let i = 0; i < times; i++) {
            row = (row + 7919) % rows;
            await call("execute_script", {
              sql: "UPDATE t SET body = ?1 WHERE id = ?2",
              params: [`turn ${row}`, row + 1],
            });
            await store.commit();
          }
          return times;
        },
      },
      reference: {
        // The page of the row and the first page: two chunks.
        name: "idb-keyval, same bytes",
        batch: async () => {
          for (let i = 0; i < times; i++)
            await setMany(
              [
                ["a", chunk()],
                ["b", chunk()],
              ],
              plain,
            );
          return times;
        },
      },
      wanted: 2,
    },
  ];
  return { list, close: () => store.close() };
};
