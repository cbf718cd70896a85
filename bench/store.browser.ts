/**
 * The stores of a browser against the raw file write and read of the same bytes: the log in OPFS, and IndexedDB, in one run.
 * @module
 */

import { defaultLimits } from "../src/limits.ts";
import { makeFolder, removeFolder, type SyncFileHandle, type SyncHandle } from "../src/vfs/backends/store-folder.ts";
import { openBrowserBackend } from "../src/vfs/browser-store.ts";
import type { VfsBackend } from "../src/vfs/interface.ts";
import { TreeStore } from "../src/vfs/tree-store.ts";
import type { Bench, BenchFile } from "./harness/harness.ts";

const fileBytes = 4096;
const folder = "/skills/demo/files";
const limits = { ...defaultLimits, deadBytes: 16 * 2 ** 20 };

/** Synchronous files exist in workers only. */
export const inWorker: BenchFile["inWorker"] = true;

const kinds: Record<string, (name: string) => Promise<VfsBackend>> = {
  log: openKind("opfs"),
  IndexedDB: openKind("indexeddb"),
};

/** As runtimes open them: that of IndexedDB has its second copy beside it. */
function openKind(kind: "opfs" | "indexeddb"): (name: string) => Promise<VfsBackend> {
  return async (name) => (await openBrowserBackend({ kind, name }, limits)).backend;
}

export const benches: BenchFile["benches"] = async () => {
  const raw = await openRaw("raw");
  const list: Bench[] = [];
  const open: TreeStore[] = [];
  for (const [kind, backend] of Object.entries(kinds)) {
    const store = await filled(await backend(`bench-${kind}`), 1000);
    open.push(store);
    for (const [what, files, bytes] of [
      ["1 file of 4 KB", 1, fileBytes],
      ["10 files of 4 KB", 10, fileBytes],
      ["100 files of 4 KB", 100, fileBytes],
      ["1 file of 1 MB", 1, 2 ** 20],
    ] as const) {
      list.push(commitBench(`${kind}: commit of ${what}, 1k there`, store, raw, files, bytes));
    }
  }
  for (const [kind, backend] of Object.entries(kinds)) {
    for (const count of [1000, 10_000]) list.push(await loadBench(kind, backend, count));
  }
  list.push(await largeBench());
  return {
    list,
    async close() {
      for (const store of open) await store.close();
      raw.close();
    },
  };
};

function commitBench(question: string, store: TreeStore, raw: SyncHandle, files: number, bytes: number): Bench {
  const rounds = Math.max(2, Math.ceil(40 / files));
  let turn = 0;
  let end = 0;
  const content = (i: number): Uint8Array => random.subarray(((turn + i) % 64) * 64, ((turn + i) % 64) * 64 + bytes);
  return {
    question,
    subject: {
      name: "commit",
      batch: async () => {
        for (let round = 0; round < rounds; round++, turn++) {
          for (let i = 0; i < files; i++) store.fs.writeFile(`${folder}/${bytes}-${i}`, content(i));
          await store.commit();
        }
        return rounds;
      },
    },
    reference: {
      name: "raw write and flush",
      batch: async () => {
        const all = new Uint8Array(files * bytes);
        for (let round = 0; round < rounds; round++, turn++) {
          for (let i = 0; i < files; i++) all.set(content(i), i * bytes);
          raw.write(all, { at: end });
          raw.flush();
          end = (end + all.length) % (256 * 2 ** 20);
        }
        return rounds;
      },
    },
    wanted: 2,
  };
}

async function loadBench(kind: string, backend: (name: string) => Promise<VfsBackend>, count: number): Promise<Bench> {
  const name = `bench-load-${kind}-${count}`;
  await (await filled(await backend(name), count)).close();
  const rawName = `raw-${kind}-${count}`;
  const made = await openRaw(rawName);
  for (let at = 0; at < count * fileBytes; at += random.length) made.write(random, { at });
  made.truncate(count * fileBytes);
  made.close();
  return {
    question: `${kind}: start with ${count} files of 4 KB`,
    subject: {
      name: "open",
      batch: async () => {
        await (await TreeStore.open(await backend(name))).close();
        return 1;
      },
    },
    reference: {
      name: "raw open and read",
      batch: async () => {
        const raw = await openRaw(rawName, false);
        raw.read(new Uint8Array(count * fileBytes), { at: 0 });
        raw.close();
        return 1;
      },
    },
    wanted: 1.5,
    rounds: 7,
  };
}

/** A database of 500 MB in the tree: a start, and the read of one page of it. */
async function largeBench(): Promise<Bench> {
  const size = 500 * 2 ** 20;
  const store = await TreeStore.open(await openKind("opfs")("bench-large"));
  const file = store.fs.open("/large", { create: true });
  for (let at = file.size; at < size; at += random.length) {
    file.writeAt(random, at);
    if (at % (16 * random.length) === 0) await store.commit();
  }
  await store.close();
  const raw = await openRaw("raw-large");
  for (let at = 0; at < size; at += random.length) raw.write(random, { at });
  const all = new Uint8Array(random.length);
  return {
    question: "log: start with a file of 500 MB, and read a page of it",
    subject: {
      name: "open",
      batch: async () => {
        const again = await TreeStore.open(await openKind("opfs")("bench-large"));
        again.fs.open("/large").readAt(new Uint8Array(fileBytes), size / 2);
        await again.close();
        return 1;
      },
    },
    reference: {
      name: "raw read of it all",
      batch: async () => {
        for (let at = 0; at < size; at += all.length) raw.read(all, { at });
        return 1;
      },
    },
    wanted: 1,
    rounds: 3,
  };
}

async function filled(backend: VfsBackend, count: number): Promise<TreeStore> {
  const store = await TreeStore.open(backend);
  store.fs.mkdir(folder, { recursive: true });
  for (let i = 0; i < count; i++) {
    const at = (i % 200) * 1024;
    store.fs.writeFile(`${folder}/${i}`, random.subarray(at, at + fileBytes));
  }
  await store.commit();
  return store;
}

async function openRaw(name: string, anew = true): Promise<SyncHandle> {
  if (anew) await removeFolder("checkpoint", `bench-${name}`);
  const directory = await makeFolder("checkpoint", `bench-${name}`);
  const file: SyncFileHandle = await directory.getFileHandle("raw", { create: true });
  const handle = await file.createSyncAccessHandle?.({ mode: "readwrite-unsafe" });
  if (!handle) throw new Error("this thread has no synchronous files");
  return handle;
}

/** It does not compress, as databases and packed files do not; made before anything is measured. */
const random = new Uint8Array(2 ** 20 + 64 * 64);
for (let at = 0; at < random.length; at += 65_536) crypto.getRandomValues(random.subarray(at, at + 65_536));
