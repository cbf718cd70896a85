/**
 * The virtual filesystem over IndexedDB: what a commit costs by the number of dirty files and how long a start takes,
 * against idb-keyval writing and reading the same bytes.
 * @module
 */
import { clear, createStore, entries, setMany } from "idb-keyval";
import { IndexedDbBackend } from "../src/vfs/backends/indexeddb.ts";
import { TreeStore } from "../src/vfs/tree-store.ts";
import type { Bench, BenchFile } from "./harness/harness.ts";

const fileBytes = 4096;
const folder = "/skills/demo/files";

export const benches: BenchFile["benches"] = async () => {
  const store = await TreeStore.open(await IndexedDbBackend.open("bench-vfs"));
  store.fs.mkdir(folder, { recursive: true });
  const plain = createStore("bench-plain", "kv");
  let turn = 0;
  const content = (i: number): Uint8Array => bytesOf(i + turn);
  for (let i = 0; i < 1000; i++) store.fs.writeFile(`${folder}/${i}`, content(i));
  await store.commit();

  const commits = [1, 10, 100].map((dirty): Bench => {
    const rounds = Math.ceil(50 / dirty);
    return {
      question: `commit of ${dirty} dirty files, 1k there`,
      subject: {
        name: "commit",
        batch: async () => {
          for (let round = 0; round < rounds; round++) {
            turn++;
            for (let i = 0; i < dirty; i++) store.fs.writeFile(`${folder}/${i}`, content(i));
            await store.commit();
          }
          return rounds;
        },
      },
      reference: {
        name: "idb-keyval setMany",
        batch: async () => {
          for (let round = 0; round < rounds; round++) {
            turn++;
            await setMany(
              Array.from({ length: dirty }, (_, i) => [`${folder}/${i}`, content(i)] as [string, Uint8Array]),
              plain,
            );
          }
          return rounds;
        },
      },
      wanted: 1.3,
    };
  });

  const loads: Bench[] = [];
  for (const count of [1000, 10_000]) loads.push(await loadBench(count));
  const nothing: Bench = {
    question: "commit of nothing",
    subject: {
      name: "commit",
      batch: async () => {
        for (let i = 0; i < 5000; i++) await store.commit();
        return 5000;
      },
    },
    reference: {
      name: "await of nothing",
      batch: async () => {
        for (let i = 0; i < 5000; i++) await Promise.resolve();
        return 5000;
      },
    },
  };
  return {
    list: [nothing, ...commits, ...loads],
    async close() {
      await store.close();
      await clear(plain);
    },
  };
};

/** Opening a store that holds a package of `count` files. */
async function loadBench(count: number): Promise<Bench> {
  const name = `bench-load-${count}`;
  const filled = await TreeStore.open(await IndexedDbBackend.open(name));
  filled.fs.mkdir(folder, { recursive: true });
  const plain = createStore(`${name}-plain`, "kv");
  for (let i = 0; i < count; i++) filled.fs.writeFile(`${folder}/${i}`, bytesOf(i));
  await filled.close();
  await setMany(
    Array.from({ length: count }, (_, i) => [`${folder}/${i}`, bytesOf(i)]),
    plain,
  );
  return {
    question: `start with ${count} files`,
    subject: {
      name: "open",
      batch: async () => {
        const store = await TreeStore.open(await IndexedDbBackend.open(name));
        await store.close();
        return 1;
      },
    },
    reference: {
      name: "idb-keyval entries",
      batch: async () => {
        await entries(plain);
        return 1;
      },
    },
    wanted: 1,
    rounds: 7,
  };
}

/** Content that does not compress, as databases and packed files do not; made before anything is measured. */
const contents = Array.from({ length: 256 }, () => crypto.getRandomValues(new Uint8Array(fileBytes)));

function bytesOf(seed: number): Uint8Array {
  return contents[seed & 255] ?? new Uint8Array(fileBytes);
}
