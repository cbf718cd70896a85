import { afterEach, expect, it, vi } from "vitest";
import { FakeLocks } from "../testing/fake-locks.ts";
import { freshIndexedDb } from "../testing/fresh-indexeddb.ts";
import { acquireStoreLock } from "./lock.ts";
import { openStore } from "./open-store.ts";

afterEach(() => vi.unstubAllGlobals());

it("a store that is in use is told by its name, and is free once it was let go", async () => {
  const locks = new FakeLocks().client("tab");
  const lock = await acquireStoreLock("indexeddb:x", { locks });
  expect((await locks.query()).held?.map(({ name }) => name)).toEqual(["luaskills-wasm:indexeddb:x"]);
  await expect(acquireStoreLock("indexeddb:x", { locks })).rejects.toMatchObject({
    code: "storage_in_use",
    message: expect.stringContaining("another tab or worker has opened this store (indexeddb:x)"),
    data: { store: "indexeddb:x" },
  });
  await lock.release();
  expect((await locks.query()).held).toEqual([]);
  await (await acquireStoreLock("indexeddb:x", { locks })).release();
});

it("who waits gets it when its owner goes, or gives up by its signal", async () => {
  const locks = new FakeLocks().client("tab");
  const first = await acquireStoreLock("x", { locks });
  const abort = new AbortController();
  const tired = acquireStoreLock("x", { locks, whenInUse: "wait", signal: abort.signal });
  const patient = acquireStoreLock("x", { locks, whenInUse: "wait" });
  abort.abort();
  await expect(tired).rejects.toMatchObject({ code: "aborted" });
  await first.release();
  await (await patient).release();
});

it("a platform that has no lock to give is storage_unavailable, and names the store", async () => {
  const request = () => Promise.reject(new DOMException("no locks here", "SecurityError"));
  const locks = { request } as unknown as LockManager;
  const refusal = { code: "storage_unavailable", message: expect.stringContaining("the store (x)") };
  await expect(acquireStoreLock("x", { locks })).rejects.toMatchObject(refusal);
  const { signal } = new AbortController();
  await expect(acquireStoreLock("x", { locks, whenInUse: "wait", signal })).rejects.toMatchObject(refusal);
});

it("where there are no locks the store is taken for granted", async () => {
  vi.stubGlobal("navigator", undefined);
  await (await acquireStoreLock("x")).release();
});

it("a start that fails lets go of its store, and stores of other names are others", async () => {
  freshIndexedDb();
  vi.stubGlobal("navigator", { locks: new FakeLocks().client("tab") });
  const there = globalThis.indexedDB;
  vi.stubGlobal("indexedDB", undefined);
  const storage = { kind: "indexeddb", name: "one" } as const;
  await expect(openStore(storage)).rejects.toMatchObject({ code: "storage_unavailable" });
  vi.stubGlobal("indexedDB", there);
  const stores = [await openStore(storage), await openStore({ ...storage, name: "two" })];
  await expect(openStore(storage)).rejects.toMatchObject({ code: "storage_in_use" });
  for (const store of stores) await store.close();
});
