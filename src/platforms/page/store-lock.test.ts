import { afterEach, describe, expect, it, vi } from "vitest";
import { storeLockName } from "../../client/tabs/names.ts";
import { acquireStoreLock } from "../../vfs/lock.ts";
import { defaultStorageName } from "../../vfs/store-options.ts";
import { holdStore } from "./store-lock.ts";

/** Exclusive locks with a queue, as far as Web Locks are used here. */
class FakeLocks {
  readonly #held = new Set<string>();
  readonly #queue: Array<() => void> = [];

  async request(name: string, options: LockOptions, work: (lock: Lock | null) => unknown): Promise<unknown> {
    if (this.#held.has(name)) {
      if (options.ifAvailable) return work(null);
      await new Promise<void>((resolve, reject) => {
        options.signal?.addEventListener("abort", () => reject(new DOMException("aborted", "AbortError")));
        this.#queue.push(resolve);
      });
    }
    this.#held.add(name);
    try {
      return await work({ name, mode: "exclusive" });
    } finally {
      this.#held.delete(name);
      this.#queue.shift()?.();
    }
  }
}

afterEach(() => {
  vi.unstubAllGlobals();
});

describe("holdStore", () => {
  it("lets a second start of the same page have the store when the first ends meanwhile, as React's strict mode does", async () => {
    vi.stubGlobal("navigator", { locks: new FakeLocks() });
    const first = holdStore({ kind: "browser", whenInUse: "fail" });
    await first.held;
    const second = holdStore({ kind: "browser", whenInUse: "fail" });
    first.release();
    await second.held;
    second.release();
  });

  it("excludes another page and an engine that takes the lock itself, until it is released", async () => {
    const locks = new FakeLocks();
    vi.stubGlobal("navigator", { locks });
    const first = holdStore({ kind: "browser", whenInUse: "fail" });
    await first.held;
    await expect(holdStore({ kind: "browser", whenInUse: "fail" }).held).rejects.toMatchObject({
      code: "storage_in_use",
      data: { store: "luaskills" },
    });
    const own = { locks: locks as unknown as LockManager };
    await expect(acquireStoreLock(`indexeddb:${defaultStorageName}`, own)).rejects.toMatchObject({
      code: "storage_in_use",
    });
    const second = holdStore({ kind: "indexeddb", whenInUse: "wait" });
    first.release();
    await second.held;
    second.release();
    second.release();
    await vi.waitFor(() => holdStore().held);
  });

  it("stops waiting when its signal fires", async () => {
    vi.stubGlobal("navigator", { locks: new FakeLocks() });
    const first = holdStore({ kind: "indexeddb", name: "x" });
    await first.held;
    const controller = new AbortController();
    const second = holdStore({ kind: "indexeddb", name: "x", whenInUse: "wait" }, controller.signal);
    controller.abort(new Error("enough"));
    await expect(second.held).rejects.toMatchObject({ code: "aborted" });
    await holdStore({ kind: "indexeddb", name: "y" }).held;
  });

  it("lets everybody in who shares, and tells who owns", async () => {
    const locks = new FakeLocks();
    vi.stubGlobal("navigator", { locks });
    const [first, second] = [holdStore(), holdStore({ kind: "opfs" })];
    expect(await first.held).toBe(true);
    expect(await second.held).toBe(false);
    expect(first.tab).not.toBe(second.tab);
    first.release();
    second.release();
    await vi.waitFor(async () => {
      const third = holdStore();
      const owns = await third.held;
      third.release();
      expect(owns).toBe(true);
    });
  });

  it("holds nothing where nothing can be shared", async () => {
    vi.stubGlobal("navigator", { locks: new FakeLocks() });
    await Promise.all([holdStore({ kind: "memory" }).held, holdStore({ kind: "memory" }).held]);
    expect(storeLockName("a")).toBe("luaskills-wasm:indexeddb:a");
  });
});
