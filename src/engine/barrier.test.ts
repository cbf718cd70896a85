import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { LogEvent } from "../contract/contract.ts";
import type { VfsStore } from "../vfs/interface.ts";
import { CommitBarrier } from "./barrier.ts";

class FakeStore {
  dirty = true;
  readonly commits: unknown[] = [];
  failure: Error | undefined;

  async commit(options?: unknown): Promise<void> {
    this.commits.push(options);
    if (this.failure) throw this.failure;
    this.dirty = false;
  }
}

function setup(durability: "strict" | "relaxed" = "strict") {
  const store = new FakeStore();
  const logged: LogEvent[] = [];
  const barrier = new CommitBarrier(store as unknown as VfsStore, {
    durability,
    intervalMs: 10,
    log: (event) => logged.push(event),
  });
  return { store, logged, barrier };
}

const never = () => new Promise<never>(() => {});

describe("the commit barrier", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it("commits what a call wrote before the call resolves", async () => {
    const { store, barrier } = setup();
    expect(await barrier.after(async () => "done")).toBe("done");
    expect(store.commits).toEqual([undefined]);
  });

  it("commits nothing when nothing was written", async () => {
    const { store, barrier } = setup();
    store.dirty = false;
    await barrier.after(async () => {});
    expect(store.commits).toEqual([]);
  });

  it("commits in between while a call runs, one commit at a time", async () => {
    const { store, barrier } = setup();
    const release: Array<() => void> = [];
    vi.spyOn(store, "commit").mockImplementation(
      () =>
        new Promise<void>((resolve) => {
          release.push(resolve);
        }),
    );
    void barrier.after(never);
    await vi.advanceTimersByTimeAsync(35);
    expect(store.commit).toHaveBeenCalledTimes(1);
    release[0]?.();
    await vi.advanceTimersByTimeAsync(10);
    expect(store.commit).toHaveBeenCalledTimes(2);
  });

  it("stops its timer after the last call", async () => {
    const { barrier } = setup();
    await barrier.after(async () => {});
    expect(vi.getTimerCount()).toBe(1);
    await vi.advanceTimersByTimeAsync(10);
    expect(vi.getTimerCount()).toBe(0);
    void barrier.after(never);
    expect(vi.getTimerCount()).toBe(1);
    barrier.close();
    expect(vi.getTimerCount()).toBe(0);
  });

  it("fails a call whose writes cannot be committed", async () => {
    const { store, barrier } = setup();
    store.failure = new Error("disk full");
    await expect(barrier.after(async () => "done")).rejects.toThrow("disk full");
  });

  it("keeps the error of a call that failed, commits what it wrote, and logs a failed commit", async () => {
    const { store, logged, barrier } = setup();
    const failing = () => barrier.after(() => Promise.reject(new Error("boom")));
    await expect(failing()).rejects.toThrow("boom");
    expect(store.commits).toHaveLength(1);
    store.dirty = true;
    store.failure = new Error("disk full");
    await expect(failing()).rejects.toThrow("boom");
    expect(logged).toEqual([
      { level: "error", message: "[LuaSkill:error] commit failed, trying again later: disk full" },
    ]);
  });

  it("resolves before the commit when that was asked for", async () => {
    const { store, logged, barrier } = setup("relaxed");
    store.failure = new Error("disk full");
    expect(await barrier.after(async () => "done")).toBe("done");
    await vi.advanceTimersByTimeAsync(0);
    expect(store.commits).toHaveLength(1);
    expect(logged).toHaveLength(1);
  });

  it("flushes strictly", async () => {
    const { store, barrier } = setup("relaxed");
    await barrier.flush();
    expect(store.commits).toEqual([{ strict: true }]);
  });
});
