// The virtual filesystem on this engine's IndexedDB and Web Locks, with writers killed at any moment.
import { outcome, randomFrom, randomOperation, snapshot } from "../../../src/testing/random-operations.ts";
import { openStore } from "../../../src/vfs/open-store.ts";
import { assert, equal, test, thrown } from "../page.ts";
import type { Found, Order } from "./durability.worker.ts";

const fresh = (): string => `vfs-${crypto.randomUUID()}`;

test("what was committed is there after opening the store again, whatever the operations were", async () => {
  const name = fresh();
  const random = randomFrom(7);
  let store = await openStore({ kind: "indexeddb", name });
  for (let round = 0; round < 8; round++) {
    for (let step = 0; step < 40; step++) outcome(store.fs, randomOperation(random));
    const before = snapshot(store.fs);
    if (round % 2 === 0) await store.commit();
    await store.close();
    store = await openStore({ kind: "indexeddb", name });
    equal(snapshot(store.fs), before);
  }
  await store.close();
});

test("a store has one owner; another is refused or waits", async () => {
  const name = fresh();
  const first = await openStore({ kind: "indexeddb", name });
  equal((await thrown(() => openStore({ kind: "indexeddb", name }))).code, "storage_in_use");
  const abort = new AbortController();
  const aborted = thrown(() => openStore({ kind: "indexeddb", name, whenInUse: "wait" }, { signal: abort.signal }));
  abort.abort();
  equal((await aborted).code, "aborted");
  const waiting = openStore({ kind: "indexeddb", name, whenInUse: "wait" });
  first.fs.writeFile("/runtime/f", new Uint8Array([1]));
  await first.close();
  const second = await waiting;
  equal(second.fs.list("/runtime"), ["f"]);
  await second.close();
});

test("a commit is whole: something IndexedDB cannot store leaves the changes for the next one", async () => {
  const name = fresh();
  const store = await openStore({ kind: "indexeddb", name });
  store.fs.writeFile("/runtime/a", new Uint8Array(100_000));
  const put = IDBObjectStore.prototype.put;
  let calls = 0;
  IDBObjectStore.prototype.put = function (value: unknown, key?: IDBValidKey) {
    if (++calls === 3) throw new DOMException("full", "QuotaExceededError");
    return put.call(this, value, key);
  };
  try {
    equal((await thrown(() => store.commit())).code, "quota_exceeded");
  } finally {
    IDBObjectStore.prototype.put = put;
  }
  assert(store.dirty, "the changes are lost");
  await store.close();
  const again = await openStore({ kind: "indexeddb", name });
  equal(again.fs.stat("/runtime/a")?.size, 100_000);
  await again.close();
});

test("a worker terminated at any moment loses no acknowledged call and leaves no part of one", async () => {
  const name = fresh();
  let acknowledged = 0;
  for (let round = 0; round < 6; round++) {
    const writer = new Worker("/bundle/durability.worker.js", { type: "module" });
    let failure = "";
    // The first number is that of the calls before; every other round is stopped before it has made one, perhaps.
    let told = -1;
    const started = new Promise<void>((resolve) => {
      writer.onmessage = ({ data }: MessageEvent<number | Found>) => {
        if (typeof data === "number") acknowledged = data;
        else failure = data.problem;
        if (++told >= round % 2 || failure !== "") resolve();
      };
      writer.onerror = (event) => {
        failure = event.message;
        resolve();
      };
    });
    const endlessCalls = { name, storage: "vfs", work: "transaction", calls: Number.POSITIVE_INFINITY } satisfies Order;
    writer.postMessage(endlessCalls);
    await started;
    await new Promise((resolve) => setTimeout(resolve, 40 + ((round * 37) % 110)));
    writer.terminate();
    equal(failure, "");
    const found = await checked(name);
    equal(found.problem, "");
    assert(found.call >= acknowledged, `call ${acknowledged} was acknowledged, the store is at ${found.call}`);
  }
  assert(acknowledged >= 3, `only ${acknowledged} calls were made`);
});

function checked(name: string): Promise<Found> {
  const checker = new Worker("/bundle/durability.worker.js", { type: "module" });
  return new Promise<Found>((resolve, reject) => {
    checker.onmessage = ({ data }: MessageEvent<Found>) => resolve(data);
    checker.onerror = (event) => reject(new Error(event.message));
    checker.postMessage({ name, storage: "vfs", work: "check" } satisfies Order);
  }).finally(() => checker.terminate());
}
