import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { freshIndexedDb, openRecords as open, put } from "../../testing/fresh-indexeddb.ts";
import { IndexedDbBackend } from "./indexeddb.ts";

beforeEach(() => {
  freshIndexedDb();
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});
/** Another connection, that does not know of ours. */
const raw = (name: string, work: (records: IDBObjectStore) => void): Promise<void> =>
  new Promise((resolve, reject) => {
    const request = indexedDB.open(name);
    request.onsuccess = () => {
      const transaction = request.result.transaction("records", "readwrite");
      work(transaction.objectStore("records"));
      transaction.oncomplete = () => {
        request.result.close();
        resolve();
      };
      transaction.onabort = () => reject(transaction.error);
    };
  });

describe("a browser that", () => {
  it("never answers is waited for ten seconds, and then told as unavailable", async () => {
    const { indexedDB } = globalThis;
    Object.assign(globalThis, { indexedDB: { open: () => ({}) } });
    let told: unknown;
    const opening = IndexedDbBackend.open("silent").catch((error: unknown) => {
      told = error;
    });
    await vi.advanceTimersByTimeAsync(9_999);
    expect(told).toBeUndefined();
    await vi.advanceTimersByTimeAsync(1);
    await opening;
    expect(told).toMatchObject({
      code: "storage_unavailable",
      message: expect.stringContaining('IndexedDB "silent" cannot be used here: no answer after 10000 ms'),
    });
    expect(vi.getTimerCount()).toBe(0);
    Object.assign(globalThis, { indexedDB });
  });

  it("answers is not waited for any longer", async () => {
    await open("quick");
    expect(vi.getTimerCount()).toBe(0);
    await IndexedDbBackend.remove("quick");
    expect(vi.getTimerCount()).toBe(0);
  });

  it("has no room for a start says that nothing is lost; one that has none for a commit, that it does not count", async () => {
    const backend = await open("full");
    const full = () => {
      throw Object.assign(new Error("full"), { name: "QuotaExceededError" });
    };
    vi.spyOn(IDBObjectStore.prototype, "put").mockImplementation(full);
    const { indexedDB } = globalThis;
    Object.assign(globalThis, { indexedDB: { open: full } });
    const starting = IndexedDbBackend.open("full");
    Object.assign(globalThis, { indexedDB });
    await expect(starting).rejects.toMatchObject({
      code: "quota_exceeded",
      message: expect.stringMatching(/\(IndexedDB "full"\); nothing in the store is lost/),
    });
    await expect(backend.clear({ staging: true })).rejects.toMatchObject({
      code: "quota_exceeded",
      message: expect.stringMatching(/\(IndexedDB "full"\); nothing of this commit counts/),
    });
    expect(backend.staging).toBe(false);
  });

  it("waits with a removal for somebody who lets go in time removes it", async () => {
    const foreign = await new Promise<IDBDatabase>((resolve) => {
      const request = indexedDB.open("foreign");
      request.onsuccess = () => resolve(request.result);
    });
    let removed = false;
    const removing = IndexedDbBackend.remove("foreign").then(() => {
      removed = true;
    });
    await vi.waitUntil(() => vi.getTimerCount() > 0);
    expect(removed).toBe(false);
    foreign.close();
    await removing;
    expect(vi.getTimerCount()).toBe(0);
  });

  it("refuses a removal is heard", async () => {
    const { indexedDB } = globalThis;
    onTestFinished(() => {
      Object.assign(globalThis, { indexedDB });
    });
    const request: Partial<IDBOpenDBRequest> = { error: new DOMException("not now", "UnknownError") };
    Object.assign(globalThis, { indexedDB: { deleteDatabase: () => request } });
    const removing = IndexedDbBackend.remove("refused");
    (request as { onerror(): void }).onerror();
    await expect(removing).rejects.toBe(request.error);
  });
});

describe("a commit in IndexedDB", () => {
  it("is strict where that is asked for, and sent off at once: one transaction, one commit", async () => {
    const backend = await open("asked");
    const commits = vi.spyOn(IDBTransaction.prototype, "commit");
    const asked = vi.spyOn(IDBDatabase.prototype, "transaction");
    await backend.commit(put("a", "x"), { strict: true });
    expect(asked.mock.calls.filter(([, mode]) => mode === "readwrite")).toEqual([
      ["records", "readwrite", { durability: "strict" }],
    ]);
    expect(commits).toHaveBeenCalledTimes(1);
    asked.mockClear();
    await backend.commit(put("a", "y"), { strict: false });
    expect(asked.mock.calls.map(([, mode, options]) => [mode, options])).toEqual([["readwrite", undefined]]);
    expect(commits).toHaveBeenCalledTimes(2);
  });

  it("that the browser gives up without a reason fails all the same", async () => {
    const backend = await open("given-up");
    vi.spyOn(IDBTransaction.prototype, "commit").mockImplementation(function (this: IDBTransaction) {
      this.abort();
    });
    await expect(backend.commit(put("a", "x"), { strict: false })).rejects.toMatchObject({
      code: "storage_error",
      message: 'IndexedDB "given-up" could not write: the transaction was aborted',
    });
    vi.restoreAllMocks();
    expect(await backend.load()).toEqual([]);
  });

  it("of an owner that was shut out says by whom; nothing of it is there", async () => {
    const first = await open("owned");
    const second = await open("owned");
    await expect(first.commit(put("a", "late"), { strict: false })).rejects.toMatchObject({
      code: "storage_in_use",
      message: 'another engine has taken over the store "owned"; nothing of this commit was written.',
    });
    expect(await second.load()).toEqual([]);
  });

  it("into a database whose owner is not known any more is refused: the site's data was cleared", async () => {
    const backend = await open("cleared");
    await raw("cleared", (records) => records.clear());
    await expect(backend.commit(put("a", "x"), { strict: false })).rejects.toMatchObject({
      code: "storage_error",
      message: expect.stringContaining('the site\'s data was cleared while the store "cleared" was open'),
      data: { store: "cleared" },
    });
  });

  it("is tried over another connection only when it had not begun, and only when the first was closed", async () => {
    const backend = await open("tries");
    const transaction = vi.spyOn(IDBDatabase.prototype, "transaction");
    transaction.mockImplementation(() => {
      throw new DOMException("no such store", "NotFoundError");
    });
    await expect(backend.load()).rejects.toMatchObject({
      code: "storage_error",
      message: 'IndexedDB "tries" could not read: no such store',
    });
    expect(transaction).toHaveBeenCalledTimes(1);
    transaction.mockRestore();
    const getAll = vi.spyOn(IDBObjectStore.prototype, "getAll").mockImplementation(() => {
      throw new DOMException("the connection is closing", "InvalidStateError");
    });
    await expect(backend.load()).rejects.toMatchObject({ code: "storage_error" });
    expect(getAll).toHaveBeenCalledTimes(1);
  });
});

it("a store that somebody has damaged gets an owner again", async () => {
  await (await open("owner")).close();
  await raw("owner", (records) => {
    records.put("no number", "!owner");
    records.put("no flag", "!staging");
  });
  const backend = await open("owner");
  expect(backend.staging).toBe(false);
  await backend.commit(put("a", "x"), { strict: false });
  expect(await backend.get("!owner")).toBe(1);
  expect((await backend.load()).map(([key]) => key)).toEqual(["a"]);
});

it("a store that is filled belongs to who fills it, and is still his when it is one", async () => {
  const backend = await open("moving");
  await backend.clear({ staging: true });
  expect(await backend.get("!staging")).toBe(true);
  await backend.commit(put("a", "x"), { strict: true });
  await backend.arrived();
  expect(await backend.get("!staging")).toBeUndefined();
  await backend.commit(put("b", "x"), { strict: true });
  const next = await open("moving");
  await expect(backend.commit(put("c", "x"), { strict: true })).rejects.toMatchObject({ code: "storage_in_use" });
  expect((await next.load()).map(([key]) => key)).toEqual(["a", "b"]);
});

it("a connection that was never used is closed without a word", async () => {
  const backend = await open("closed");
  await backend.close();
  await backend.close();
  expect(await backend.load()).toEqual([]);
});
