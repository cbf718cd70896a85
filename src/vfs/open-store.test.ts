import { afterEach, describe, expect, it, vi } from "vitest";
import { freshIndexedDb } from "../testing/fresh-indexeddb.ts";
import { IndexedDbBackend } from "./backends/indexeddb.ts";
import { acquireStoreLock } from "./lock.ts";
import { openStore } from "./open-store.ts";

freshIndexedDb();

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Web Locks as far as the room uses them; Node 20 has none. */
function fakeLocks(): LockManager {
  const held = new Map<string, Promise<void>>();
  return {
    request: async (name: string, options: LockOptions, work: (lock: Lock | null) => Promise<void> | undefined) => {
      options.signal?.throwIfAborted();
      if (options.ifAvailable === true && held.has(name)) return work(null);
      while (held.has(name)) {
        await Promise.race([
          held.get(name),
          new Promise((_, reject) =>
            options.signal?.addEventListener("abort", () => reject(options.signal?.reason), { once: true }),
          ),
        ]);
      }
      const running = Promise.resolve(work({ name, mode: "exclusive" }));
      held.set(name, running);
      await running;
      held.delete(name);
    },
  } as unknown as LockManager;
}

afterEach(() => vi.unstubAllGlobals());

describe("the IndexedDB store", () => {
  it("keeps what was committed, and only that", async () => {
    const first = await openStore({ kind: "indexeddb", name: "keeps" });
    expect(first.kind).toBe("indexeddb");
    expect(first.fs.stat("/runtime")?.kind).toBe("dir");
    first.fs.writeFile("/runtime/a", bytes("a".repeat(200_000)));
    await first.commit();
    first.fs.rename("/runtime/a", "/runtime/b");
    await first.commit({ strict: true });
    first.fs.writeFile("/runtime/lost", bytes("x"));
    const second = await openStore({ kind: "indexeddb", name: "keeps" });
    expect(second.fs.list("/runtime")).toEqual(["b"]);
    expect(second.fs.readFile("/runtime/b").length).toBe(200_000);
  });

  it("refuses what an owner before still wants to write", async () => {
    const zombie = await IndexedDbBackend.open("owners");
    await zombie.commit({ puts: [["a", bytes("1")]], deletes: [] }, { strict: false });
    const owner = await IndexedDbBackend.open("owners");
    await owner.commit({ puts: [["b", bytes("2")]], deletes: [] }, { strict: true });
    for (const strict of [false, true]) {
      const late = zombie.commit({ puts: [["a", bytes("old")]], deletes: ["b"] }, { strict });
      await expect(late).rejects.toMatchObject({ code: "storage_in_use" });
    }
    await owner.commit({ puts: [["c", bytes("3")]], deletes: [] }, { strict: false });
    const third = await IndexedDbBackend.open("owners");
    expect(await third.load()).toEqual([
      ["a", bytes("1")],
      ["b", bytes("2")],
      ["c", bytes("3")],
    ]);
    await expect(owner.commit({ puts: [["c", bytes("4")]], deletes: [] }, { strict: false })).rejects.toThrow(
      /taken over/,
    );
  });

  it("stores a batch whole or not at all", async () => {
    const backend = await IndexedDbBackend.open("whole");
    await backend.commit({ puts: [["a", bytes("1")]], deletes: [] }, { strict: false });
    const unclonable = {
      puts: [
        ["b", bytes("2")],
        ["c", () => 1],
      ] as Array<[string, unknown]>,
      deletes: ["a"],
    };
    await expect(backend.commit(unclonable, { strict: false })).rejects.toMatchObject({ code: "storage_error" });
    await expect(backend.commit(unclonable, { strict: true })).rejects.toMatchObject({ code: "storage_error" });
    expect((await backend.load()).map(([key]) => key)).toEqual(["a"]);
    await backend.close();
  });

  it("says so when there is no IndexedDB, or it refuses", async () => {
    vi.stubGlobal("indexedDB", undefined);
    await expect(openStore({ kind: "indexeddb" })).rejects.toMatchObject({ code: "storage_unavailable" });
    vi.stubGlobal("indexedDB", {
      open: () => {
        throw new DOMException("A mutation operation was attempted", "InvalidStateError");
      },
    });
    await expect(openStore({ kind: "indexeddb" })).rejects.toMatchObject({ code: "storage_unavailable" });
    await expect(openStore({ kind: "directory", path: "/tmp" })).rejects.toMatchObject({ code: "storage_unavailable" });
  });

  it("names a full disk", async () => {
    const store = await openStore({ kind: "indexeddb", name: "full" });
    store.fs.writeFile("/runtime/f", bytes("x"));
    const put = IDBObjectStore.prototype.put;
    IDBObjectStore.prototype.put = () => {
      throw new DOMException("full", "QuotaExceededError");
    };
    try {
      await expect(store.commit()).rejects.toMatchObject({ code: "quota_exceeded" });
    } finally {
      IDBObjectStore.prototype.put = put;
    }
    expect(store.dirty).toBe(true);
    await store.close();
    const again = await openStore({ kind: "indexeddb", name: "full" });
    expect(again.fs.list("/runtime")).toEqual(["f"]);
  });

  it("has one owner", async () => {
    vi.stubGlobal("navigator", { locks: fakeLocks(), storage: { persisted: async () => true } });
    const first = await openStore({ kind: "indexeddb", name: "owned" });
    expect(first.persisted).toBe(true);
    await expect(openStore({ kind: "indexeddb", name: "owned" })).rejects.toMatchObject({ code: "storage_in_use" });
    const abort = new AbortController();
    const aborted = openStore({ kind: "indexeddb", name: "owned", whenInUse: "wait" }, { signal: abort.signal });
    abort.abort();
    await expect(aborted).rejects.toMatchObject({ code: "aborted" });
    const waiting = openStore({ kind: "indexeddb", name: "owned", whenInUse: "wait" });
    first.fs.writeFile("/runtime/handed-over", bytes("x"));
    await first.close();
    expect((await waiting).fs.list("/runtime")).toEqual(["handed-over"]);
  });
});

describe("the store lock", () => {
  it("can be released twice and taken again", async () => {
    const locks = fakeLocks();
    const lock = await acquireStoreLock("x", { locks });
    await lock.release();
    await lock.release();
    await (await acquireStoreLock("x", { locks })).release();
  });
});

it("whoever gave up before it began gets no lock, and none is asked for", async () => {
  const request = vi.fn();
  const signal = AbortSignal.abort();
  for (const locks of [{ request } as never, undefined]) {
    await expect(acquireStoreLock("x", { signal, locks })).rejects.toMatchObject({ code: "aborted" });
  }
  expect(request).not.toHaveBeenCalled();
});
