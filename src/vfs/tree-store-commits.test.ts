import { describe, expect, it } from "vitest";
import { LuaSkillsError } from "../errors.ts";
import { MemoryBackend } from "./backends/memory.ts";
import { ChangeLog, databaseShape } from "./change-log.ts";
import { chunkBytes } from "./file-content.ts";
import type { CommitBatch, StoreDamage, VfsBackend } from "./interface.ts";
import { chunkKey } from "./records.ts";
import { subtree } from "./tree-node.ts";
import { type Mover, TreeStore } from "./tree-store.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Its commits wait until they are let go on. */
class SlowBackend extends MemoryBackend {
  readonly stricts: boolean[] = [];
  readonly waiting: Array<(error?: Error) => void> = [];
  isSlow = true;

  override async commit(batch: CommitBatch, options?: { strict: boolean }): Promise<void> {
    this.stricts.push(options?.strict === true);
    if (this.isSlow) {
      await new Promise<void>((resolve, reject) => {
        this.waiting.push((error) => (error ? reject(error) : resolve()));
      });
    }
    await super.commit(batch);
  }
}

/** Lets everything happen that waits for nothing outside. */
const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

async function isDone(promise: Promise<unknown>): Promise<boolean> {
  let done = false;
  promise.then(
    () => {
      done = true;
    },
    () => {
      done = true;
    },
  );
  await settle();
  return done;
}

describe("a commit beside another one that runs", () => {
  it("waits for it, though nothing has changed since: that one may fail, and then this one stores it", async () => {
    const backend = new SlowBackend();
    const store = await TreeStore.open(backend);
    store.fs.writeFile("/f", bytes("x"));
    const first = store.commit();
    await settle();
    expect([backend.waiting.length, store.dirty]).toEqual([1, false]);
    const second = store.commit();
    expect(await isDone(second)).toBe(false);
    backend.isSlow = false;
    backend.waiting[0]?.(new LuaSkillsError("quota_exceeded", "full"));
    await expect(first).rejects.toMatchObject({ code: "quota_exceeded" });
    await second;
    expect(backend.records.has("n/1")).toBe(true);
  });

  it("writes nothing when that one has stored everything", async () => {
    const backend = new SlowBackend();
    const store = await TreeStore.open(backend);
    store.fs.writeFile("/f", bytes("x"));
    const first = store.commit();
    await settle();
    const second = store.commit();
    backend.waiting[0]?.();
    await Promise.all([first, second]);
    expect(backend.stricts).toEqual([false]);
  });
});

it("what is closed is made sure of: its last commit is strict", async () => {
  const backend = new SlowBackend();
  backend.isSlow = false;
  const store = await TreeStore.open(backend);
  store.fs.writeFile("/f", bytes("x"));
  await store.close();
  expect([backend.stricts, store.persisted]).toEqual([[true], false]);
});

it("a store that held only what was gone before its first commit is one, all the same", async () => {
  const backend = new MemoryBackend();
  const store = await TreeStore.open(backend);
  store.fs.writeFile("/temporary", bytes("x"));
  store.fs.remove("/temporary");
  await store.commit();
  store.fs.writeFile("/kept", bytes("y"));
  await store.commit();
  expect((await TreeStore.open(backend)).fs.list("/")).toEqual(["kept"]);
});

it("a store that cannot be read any more is told as a whole by its check", async () => {
  const backend = new MemoryBackend();
  const store = await TreeStore.open(backend);
  backend.load = () => Promise.reject(new Error("gone"));
  const last = await store.verify().next();
  expect(last).toEqual({ done: true, value: [{ where: "store", what: "gone" } satisfies StoreDamage] });
});

describe("a store that moves", () => {
  class Readable extends MemoryBackend {
    read(key: string): Uint8Array {
      return structuredClone(this.records.get(key)) as Uint8Array;
    }
  }

  it("works with the other backend from then on; what changed meanwhile is committed there", async () => {
    const [from, records] = [new MemoryBackend(), new MemoryBackend()];
    const to: VfsBackend = {
      kind: "indexeddb",
      load: () => records.load(),
      commit: (batch) => records.commit(batch),
      close: () => records.close(),
    };
    let goOn = (): void => {};
    const mover: Mover = async (tree, source) => {
      expect(source).toBe(from);
      return (async function* () {
        yield 7;
        await new Promise<void>((resolve) => {
          goOn = resolve;
        });
        const log = new ChangeLog(databaseShape);
        for (const node of subtree(tree.root)) if (node !== tree.root) log.touched(node);
        return { backend: to, log, residency: undefined };
      })();
    };
    const store = await TreeStore.open(from, { mover, persisted: true });
    expect([store.kind, store.persisted]).toEqual(["memory", true]);
    store.fs.writeFile("/before", bytes("x"));
    await store.commit();
    const steps = store.move?.("indexeddb");
    expect(await steps?.next()).toEqual({ done: false, value: 7 });
    const end = steps?.next();
    // Who has nothing to commit does not wait for it.
    expect(await isDone(store.commit())).toBe(true);
    store.fs.writeFile("/meanwhile", bytes("y"));
    const commit = store.commit();
    expect(await isDone(commit)).toBe(false);
    goOn();
    expect((await end)?.done).toBe(true);
    await commit;
    expect([store.kind, from.records.has("n/2")]).toEqual(["indexeddb", false]);
    expect((await TreeStore.open(to)).fs.list("/")).toEqual(["before", "meanwhile"]);
    // It is there.
    expect(await store.move?.("indexeddb").next()).toEqual({ done: true, value: undefined });
  });

  it("stays where it is when that fails, and commits there again", async () => {
    const backend = new MemoryBackend();
    const mover: Mover = () => Promise.reject(new LuaSkillsError("storage_unavailable", "none here"));
    const store = await TreeStore.open(backend, { mover });
    await expect(store.move?.("opfs").next()).rejects.toMatchObject({ code: "storage_unavailable" });
    store.fs.writeFile("/f", bytes("x"));
    await store.commit();
    expect([store.kind, backend.records.has("n/1")]).toEqual(["memory", true]);
  });

  it("is only where there is another kind of storage", async () => {
    expect((await TreeStore.open(new MemoryBackend())).move).toBeUndefined();
  });

  it("counts what is in memory of a store that can be read again, and all of one that cannot", async () => {
    const backend = new Readable();
    const store = await TreeStore.open(backend, { residentBytes: chunkBytes });
    store.fs.writeFile("/f", new Uint8Array(3 * chunkBytes));
    await store.commit();
    expect(store.memoryBytes).toBe(chunkBytes);
    expect(backend.records.get(chunkKey(1, 2))).toHaveLength(chunkBytes);
    const whole = await TreeStore.open(new MemoryBackend());
    whole.fs.writeFile("/f", new Uint8Array(3 * chunkBytes));
    expect(whole.memoryBytes).toBe(whole.fs.quota.used);
  });
});
