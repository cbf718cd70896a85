import { describe, expect, it, onTestFinished } from "vitest";
import { bytes, freshIndexedDb, openRecords as open, put } from "../../testing/fresh-indexeddb.ts";
import { IndexedDbBackend } from "./indexeddb.ts";

freshIndexedDb();

async function rawKeys(name: string): Promise<string[]> {
  const database = await new Promise<IDBDatabase>((resolve) => {
    const request = indexedDB.open(name);
    request.onsuccess = () => resolve(request.result);
  });
  const request = database.transaction("records").objectStore("records").getAllKeys();
  const keys = await new Promise<string[]>((resolve) => {
    request.onsuccess = () => resolve(request.result.map(String));
  });
  database.close();
  return keys;
}

describe("records in IndexedDB", () => {
  it.each([true, false])("are there after the commit that brought them (strict: %s)", async (strict) => {
    const backend = await open(`records-${strict}`);
    await backend.commit(put("a", "one"), { strict });
    await backend.commit({ puts: [["b", bytes("two")]], deletes: ["a"] }, { strict });
    expect(await backend.load()).toEqual([["b", bytes("two")]]);
    expect(await backend.get("b")).toEqual(bytes("two"));
    expect(await backend.get("a")).toBeUndefined();
    await backend.close();
    const again = await open(`records-${strict}`);
    expect(await again.load()).toEqual([["b", bytes("two")]]);
  });

  it("come as a whole commit or not at all", async () => {
    const backend = await open("whole");
    await backend.commit(put("a", "one"), { strict: false });
    const broken = {
      puts: [["a", bytes("two")] as const, ["f", () => {}] as unknown as readonly [string, Uint8Array]],
      deletes: [],
    };
    await expect(backend.commit(broken, { strict: false })).rejects.toMatchObject({
      code: "storage_error",
      message: expect.stringContaining('IndexedDB "whole" could not write: '),
    });
    expect(await backend.load()).toEqual([["a", bytes("one")]]);
  });

  it("are not written by an owner that another one has shut out", async () => {
    const first = await open("owned");
    const second = await open("owned");
    await expect(first.commit(put("a", "late"), { strict: true })).rejects.toMatchObject({
      code: "storage_in_use",
      data: { store: "owned" },
    });
    await second.commit(put("a", "new"), { strict: false });
    expect(await second.load()).toEqual([["a", bytes("new")]]);
  });

  it("have marks of the last owners only", async () => {
    for (let owner = 1; owner <= 20; owner++) await (await IndexedDbBackend.open("marks")).close();
    const marks = (await rawKeys("marks")).filter((key) => key.startsWith("!shut-out/"));
    expect(marks.map((key) => Number(key.slice(10))).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 16 }, (_, i) => i + 4),
    );
  });

  it("are no store while they are filled", async () => {
    const backend = await open("staged");
    expect(backend.staging).toBe(false);
    await backend.commit(put("old", "x"), { strict: false });
    await backend.clear({ staging: true });
    expect([backend.staging, await backend.load()]).toEqual([true, []]);
    await backend.commit(put("new", "x"), { strict: true });
    await backend.close();
    const again = await open("staged");
    expect(again.staging).toBe(true);
    await again.arrived();
    expect(again.staging).toBe(false);
    await again.close();
    const last = await open("staged");
    expect([last.staging, (await last.load()).length]).toEqual([false, 1]);
    await last.clear({ staging: false });
    expect([last.staging, await last.load()]).toEqual([false, []]);
    await last.commit(put("after", "x"), { strict: false });
  });

  it("that went with the site's data are not acknowledged in a new database", async () => {
    const backend = await open("cleared");
    await backend.close();
    await IndexedDbBackend.remove("cleared");
    await expect(backend.commit(put("a", "x"), { strict: false })).rejects.toMatchObject({ code: "storage_error" });
  });

  it("are named as unavailable where there is no IndexedDB, or it refuses", async () => {
    const { indexedDB } = globalThis;
    onTestFinished(() => {
      Object.assign(globalThis, { indexedDB });
    });
    Object.assign(globalThis, { indexedDB: undefined });
    await expect(IndexedDbBackend.open("none")).rejects.toMatchObject({
      code: "storage_unavailable",
      message: expect.stringContaining("this environment has no IndexedDB"),
    });
    const refusing = {
      open() {
        throw new DOMException("not here", "SecurityError");
      },
    };
    Object.assign(globalThis, { indexedDB: refusing });
    await expect(IndexedDbBackend.open("none")).rejects.toMatchObject({
      code: "storage_unavailable",
      message: expect.stringContaining("not here"),
    });
  });

  it("that find no more room say so", async () => {
    const backend = await open("full");
    const original = IDBObjectStore.prototype.put;
    onTestFinished(() => {
      IDBObjectStore.prototype.put = original;
    });
    IDBObjectStore.prototype.put = () => {
      throw Object.assign(new Error("full"), { name: "QuotaExceededError" });
    };
    await expect(backend.commit(put("a", "x"), { strict: false })).rejects.toMatchObject({
      code: "quota_exceeded",
      message: expect.stringContaining('IndexedDB "full"'),
    });
  });

  /** The connections that are opened from now on. */
  function connections(): IDBDatabase[] {
    const found: IDBDatabase[] = [];
    const { transaction } = IDBDatabase.prototype;
    onTestFinished(() => {
      IDBDatabase.prototype.transaction = transaction;
    });
    IDBDatabase.prototype.transaction = function (...args) {
      if (!found.includes(this)) found.push(this);
      return transaction.apply(this, args);
    };
    return found;
  }

  it.each([
    ["with a word (the close event)", (database: IDBDatabase) => database.onclose?.(new Event("close"))],
    ["without one (InvalidStateError)", () => undefined],
  ])("are written over another connection when the browser has closed one %s", async (_how, tell) => {
    const opened = connections();
    const backend = await open("closed-by-force");
    for (const strict of [true, false]) {
      const database = opened.at(-1) as IDBDatabase;
      database.close();
      tell(database);
      await backend.commit(put(`strict-${strict}`, "x"), { strict });
      expect(opened.at(-1)).not.toBe(database);
    }
    (opened.at(-1) as IDBDatabase).close();
    expect((await backend.load()).map(([key]) => key)).toEqual(["strict-false", "strict-true"]);
  });

  it("that were being written when the connection was closed are stored by the next commit, or not at all", async () => {
    const backend = await open("cut-off");
    const original = IDBObjectStore.prototype.put;
    IDBObjectStore.prototype.put = function (...args) {
      const request = original.apply(this, args);
      this.transaction.abort();
      return request;
    };
    await expect(backend.commit(put("a", "x"), { strict: true })).rejects.toMatchObject({
      code: "storage_error",
      message: expect.stringContaining('IndexedDB "cut-off" could not write'),
    });
    IDBObjectStore.prototype.put = original;
    expect(await backend.load()).toEqual([]);
    await backend.commit(put("a", "x"), { strict: true });
    expect(await backend.load()).toHaveLength(1);
  });

  it("do not stand in the way of who removes the database, and are not written into the next one", async () => {
    const backend = await open("removed");
    await backend.commit(put("a", "x"), { strict: false });
    await IndexedDbBackend.remove("removed");
    await expect(backend.commit(put("a", "y"), { strict: false })).rejects.toMatchObject({
      code: "storage_error",
      message: expect.stringContaining("the site's data was cleared"),
    });
  });

  it("give way to another version of the database, and go on in it", async () => {
    const backend = await open("upgraded");
    await backend.commit(put("a", "x"), { strict: false });
    const newer = await new Promise<IDBDatabase>((resolve, reject) => {
      const request = indexedDB.open("upgraded", 7);
      request.onsuccess = () => resolve(request.result);
      request.onblocked = () => reject(new Error("blocked"));
    });
    await backend.commit(put("b", "y"), { strict: true });
    newer.close();
    expect((await backend.load()).map(([key]) => key)).toEqual(["a", "b"]);
  });

  it("are not removed under somebody else who does not let go, and that is said", async () => {
    const foreign = await new Promise<IDBDatabase>((resolve) => {
      const request = indexedDB.open("foreign");
      request.onsuccess = () => resolve(request.result);
    });
    await expect(IndexedDbBackend.remove("foreign", 1)).rejects.toMatchObject({
      code: "storage_error",
      message: expect.stringContaining('"foreign"'),
    });
    foreign.close();
  });

  it("that the browser cannot read any more are named, not answered", async () => {
    const backend = await open("unreadable");
    await backend.commit(put("a", "x"), { strict: false });
    const original = IDBObjectStore.prototype.getAll;
    onTestFinished(() => {
      IDBObjectStore.prototype.getAll = original;
    });
    IDBObjectStore.prototype.getAll = () => {
      throw new DOMException("Failed to read large IndexedDB value", "DataError");
    };
    await expect(backend.load()).rejects.toMatchObject({
      code: "storage_error",
      message: expect.stringContaining('IndexedDB "unreadable" could not read: Failed to read large IndexedDB value'),
    });
  });
});
