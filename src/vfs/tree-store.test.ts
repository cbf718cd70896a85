import { describe, expect, it } from "vitest";
import { LuaSkillsError } from "../errors.ts";
import { historyTimeout, seeds } from "../testing/histories.ts";
import { outcome, randomFrom, randomOperation, snapshot } from "../testing/random-operations.ts";
import { MemoryBackend } from "./backends/memory.ts";
import { chunkBytes } from "./file-content.ts";
import type { CommitBatch, StoreDamage } from "./interface.ts";
import { TreeStore } from "./tree-store.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (content: Uint8Array): string => new TextDecoder().decode(content);

async function reopened(backend: MemoryBackend): Promise<TreeStore> {
  return TreeStore.open(backend);
}

async function checked(store: TreeStore): Promise<StoreDamage[]> {
  const steps = store.verify();
  for (;;) {
    const { done, value } = await steps.next();
    if (done) return value;
  }
}

/** Runs `work` and answers the batches it committed. */
function recorded(backend: MemoryBackend): CommitBatch[] {
  const batches: CommitBatch[] = [];
  backend.beforeCommit = (batch) => void batches.push(batch);
  return batches;
}

describe("the tree store", () => {
  it("finds everything again, after every kind of operation, with failing commits in between", {
    timeout: historyTimeout,
  }, async () => {
    for (const seed of seeds(8)) {
      const random = randomFrom(seed);
      const backend = new MemoryBackend();
      let store = await TreeStore.open(backend);
      let committed = snapshot(store.fs);
      for (let step = 0; step < 250; step++) {
        outcome(store.fs, randomOperation(random));
        const dice = random();
        if (dice < 0.03) {
          backend.beforeCommit = () => {
            throw new LuaSkillsError("quota_exceeded", "full");
          };
          if (store.dirty) await expect(store.commit()).rejects.toMatchObject({ code: "quota_exceeded" });
          backend.beforeCommit = undefined;
        } else if (dice < 0.08) {
          await store.commit();
          expect(store.dirty).toBe(false);
          committed = snapshot(store.fs);
        } else if (dice < 0.11) {
          // A crash: what was not committed is gone, what was is all there.
          store = await reopened(backend);
          expect(snapshot(store.fs)).toEqual(committed);
        }
      }
      await store.commit();
      expect(snapshot((await reopened(backend)).fs)).toEqual(snapshot(store.fs));
    }
  });

  it("counts what it finds as it counted what was written", async () => {
    const backend = new MemoryBackend();
    const store = await TreeStore.open(backend);
    store.fs.mkdir("/d");
    store.fs.writeFile("/d/f", new Uint8Array(200_000));
    await store.commit();
    const again = await reopened(backend);
    expect(again.memoryBytes).toBe(store.memoryBytes);
    again.fs.remove("/d", { recursive: true });
    expect(again.memoryBytes).toBe((await reopened(new MemoryBackend())).memoryBytes);
  });

  it.each([false, true])("keeps no record of what is gone, after another start: %s", async (restarted) => {
    const backend = new MemoryBackend();
    const first = await TreeStore.open(backend);
    first.fs.mkdir("/p");
    for (let i = 0; i < 40; i++) first.fs.writeFile(`/p/${i}`, new Uint8Array(i * 5000));
    await first.commit();
    const store = restarted ? await reopened(backend) : first;
    store.fs.remove("/p/3");
    await store.commit();
    store.fs.remove("/p", { recursive: true });
    await store.commit();
    expect([...backend.records.keys()]).toEqual(["format"]);
  });

  it("stores a package of many files in a few records, and one changed file in one", async () => {
    const backend = new MemoryBackend();
    const store = await TreeStore.open(backend);
    store.fs.mkdir("/skills/demo/runtime", { recursive: true });
    for (let i = 0; i < 300; i++) store.fs.writeFile(`/skills/demo/runtime/${i}.lua`, bytes("return 1".repeat(500)));
    const batches = recorded(backend);
    await store.commit();
    expect(batches[0]?.puts.length).toBeLessThan(5);
    store.fs.writeFile("/skills/demo/runtime/7.lua", bytes("return 2"));
    store.fs.rename("/skills/demo", "/skills/other");
    await store.commit();
    expect(batches[1]?.puts.map(([key]) => key)).toHaveLength(2);
    const again = await reopened(backend);
    expect(text(again.fs.readFile("/skills/other/runtime/7.lua"))).toBe("return 2");
    expect(again.fs.stat("/skills/demo")).toBeUndefined();
  });

  it("commits only the chunks that changed", async () => {
    const backend = new MemoryBackend();
    const store = await TreeStore.open(backend);
    const file = store.fs.open("/db", { create: true });
    file.writeAt(new Uint8Array(20 * chunkBytes), 0);
    await store.commit();
    const batches = recorded(backend);
    file.writeAt(bytes("row"), 3 * chunkBytes + 10);
    await store.commit();
    expect(batches[0]?.puts.map(([key]) => key).sort()).toEqual(["c/1/3", "n/1"]);
  });

  it("keeps the first chunk of a file that outgrows its record", async () => {
    const backend = new MemoryBackend();
    const store = await TreeStore.open(backend);
    store.fs.writeFile("/f", new Uint8Array(chunkBytes).fill(7));
    await store.commit();
    const batches = recorded(backend);
    store.fs.writeFile("/f", bytes("more"), { append: true });
    await store.commit();
    expect(batches.map(({ puts }) => puts.filter(([key]) => key.startsWith("c/")).length)).toEqual([2]);
    const found = (await reopened(backend)).fs.readFile("/f");
    expect([found[0], found[chunkBytes - 1], text(found.subarray(chunkBytes))]).toEqual([7, 7, "more"]);
  });

  it("finds names of all characters again, however many there are", async () => {
    const backend = new MemoryBackend();
    const store = await TreeStore.open(backend);
    const names = [
      "\uFEFFmark",
      "\uFEFF",
      "数据",
      "\u{1F600}",
      "a b",
      "x".repeat(200),
      ...Array.from({ length: 50 }, String),
    ];
    for (const name of names) store.fs.writeFile(`/${name}`, bytes(name));
    await store.commit();
    for (const name of names) store.fs.writeFile(`/${name}`, bytes(`${name}!`));
    store.fs.remove("/数据");
    await store.commit();
    const again = await reopened(backend);
    for (const name of names.filter((each) => each !== "数据"))
      expect(text(again.fs.readFile(`/${name}`))).toBe(text(bytes(`${name}!`)));
    expect(again.fs.list("/")).toEqual(store.fs.list("/"));
  });

  it("puts writes made while a commit runs into the next one", async () => {
    const backend = new MemoryBackend();
    const store = await TreeStore.open(backend);
    let go = (): void => {};
    backend.beforeCommit = () => new Promise((resolve) => (go = resolve));
    const file = store.fs.open("/f", { create: true });
    file.writeAt(new Uint8Array(70_000).fill(1), 0);
    const first = store.commit();
    await Promise.resolve();
    await Promise.resolve();
    file.writeAt(new Uint8Array(70_000).fill(2), 0);
    const second = store.commit();
    backend.beforeCommit = undefined;
    go();
    await first;
    expect((await reopened(backend)).fs.readFile("/f").every((byte) => byte === 1)).toBe(true);
    await second;
    expect((await reopened(backend)).fs.readFile("/f").every((byte) => byte === 2)).toBe(true);
  });

  it("refuses a foreign or damaged store and leaves it alone", async () => {
    const backend = new MemoryBackend();
    const store = await TreeStore.open(backend);
    store.fs.mkdir("/d");
    store.fs.writeFile("/d/f", new Uint8Array(200_000));
    await store.commit();
    const before = new Map(backend.records);

    backend.records.set("format", bytes("luaskills-vfs 9"));
    await expect(TreeStore.open(backend)).rejects.toMatchObject({ code: "storage_error" });
    backend.records.set("format", before.get("format"));
    backend.records.delete("c/2/1");
    await expect(TreeStore.open(backend)).rejects.toMatchObject({ code: "storage_corrupt", data: { key: "c/2/1" } });
    backend.records.set("c/2/1", before.get("c/2/1"));
    backend.records.delete("n/1");
    await expect(TreeStore.open(backend)).rejects.toMatchObject({ code: "storage_corrupt", data: { key: "n/2" } });
    backend.records.set("n/1", before.get("n/1"));
    const node = before.get("n/2") as Uint8Array;
    for (const damaged of [node.slice(0, 20), node.slice(0, -1)]) {
      backend.records.set("n/2", damaged);
      await expect(TreeStore.open(backend)).rejects.toMatchObject({ code: "storage_corrupt", data: { key: "n/2" } });
    }
    backend.records.set("n/2", node);
    expect((await TreeStore.open(backend)).fs.stat("/d/f")?.size).toBe(200_000);
  });

  it("waits with several commits for one, which is strict when one of them is", async () => {
    const backend = new MemoryBackend();
    const stricts: boolean[] = [];
    const commit = backend.commit.bind(backend);
    backend.commit = (batch, options?: { strict: boolean }) => {
      stricts.push(options?.strict ?? false);
      return commit(batch);
    };
    const store = await TreeStore.open(backend);
    await store.commit({ strict: true });
    expect(stricts).toEqual([]);
    store.fs.writeFile("/a", bytes("a"));
    const first = store.commit();
    const more = [store.commit(), store.commit({ strict: true })];
    await Promise.all([first, ...more]);
    expect(stricts).toEqual([true]);
    store.fs.writeFile("/b", bytes("b"));
    await store.commit();
    await store.commit();
    expect(stricts).toEqual([true, false]);
    // What was only promised so far is made sure, though nothing has changed; once.
    await store.commit({ strict: true });
    await store.commit({ strict: true });
    expect(stricts).toEqual([true, false, true]);
  });

  it("is checked by loading it, and gives what it can where it is salvaged", async () => {
    const backend = new MemoryBackend();
    const store = await TreeStore.open(backend);
    store.fs.writeFile("/good", bytes("kept"));
    store.fs.writeFile("/bad", new Uint8Array(3 * chunkBytes));
    await store.commit();
    expect(await checked(store)).toEqual([]);
    backend.records.delete("c/2/1");
    expect(await checked(store)).toMatchObject([{ where: "c/2/1" }]);
    const salvaged = await TreeStore.open(Object.assign(backend, { salvage: true, verify: undefined }));
    expect(salvaged.fs.list("/")).toEqual(["good"]);
    expect(text(salvaged.fs.readFile("/good"))).toBe("kept");
  });

  it("finds what lay in lost directories again where it is salvaged, and fails no later call for a write", async () => {
    const backend = new MemoryBackend();
    const store = await TreeStore.open(Object.assign(backend, { shape: { inlineBytes: 256, packFrom: 1000 } }));
    store.fs.mkdir("/runtime/a/b", { recursive: true });
    store.fs.writeFile("/runtime/f", bytes("in runtime"));
    store.fs.writeFile("/runtime/a/g", bytes("in a"));
    store.fs.writeFile("/runtime/a/b/h", bytes("in b"));
    await store.commit();
    const before = new Map(backend.records);
    const salvaged = async (lost: readonly string[]): Promise<TreeStore> => {
      backend.records.clear();
      for (const [key, value] of before) if (!lost.includes(key)) backend.records.set(key, value);
      const code = lost.includes("format") ? "storage_error" : "storage_corrupt";
      await expect(TreeStore.open(backend)).rejects.toMatchObject({ code });
      const verify = async function* () {
        yield 1;
        return [];
      };
      return TreeStore.open(Object.assign(Object.create(backend), { salvage: true, verify }));
    };
    // The records of `/runtime/a`, of `/runtime`, and the store's format.
    const some = await salvaged(["n/2"]);
    expect(text(some.fs.readFile("/runtime/f"))).toBe("in runtime");
    expect(text(some.fs.readFile("/runtime/lost+found/2/g"))).toBe("in a");
    expect(text(some.fs.readFile("/runtime/lost+found/2/b/h"))).toBe("in b");
    const most = await salvaged(["n/1", "format"]);
    expect(text(most.fs.readFile("/runtime/lost+found/1/f"))).toBe("in runtime");
    expect(text(most.fs.readFile("/runtime/lost+found/1/a/b/h"))).toBe("in b");
    expect([most.fs.list("/"), most.fs.list("/runtime")]).toEqual([["runtime"], ["lost+found"]]);
    expect((await checked(most)).map(({ where }) => where)).toEqual(["format", "n/1"]);

    backend.beforeCommit = () => {
      throw new LuaSkillsError("storage_error", "it is salvaged");
    };
    most.fs.writeFile("/runtime/new", bytes("x"));
    await expect(most.commit()).rejects.toMatchObject({ message: "it is salvaged" });
    expect(most.dirty).toBe(false);
    await most.commit();
  });

  it("commits on close, once, and lets go of the lock even when that fails", async () => {
    const backend = new MemoryBackend();
    let released = 0;
    const lock = { release: () => Promise.resolve(void released++) };
    const store = await TreeStore.open(backend, { lock });
    store.fs.writeFile("/f", bytes("x"));
    await Promise.all([store.close(), store.close()]);
    expect(released).toBe(1);
    expect(text((await reopened(backend)).fs.readFile("/f"))).toBe("x");
    await expect(store.commit()).rejects.toMatchObject({ code: "storage_error" });

    const failing = await TreeStore.open(backend, { lock });
    failing.fs.writeFile("/g", bytes("y"));
    backend.beforeCommit = () => {
      throw new Error("disk gone");
    };
    await expect(failing.close()).rejects.toMatchObject({ code: "storage_error", message: "disk gone" });
    expect(released).toBe(2);
  });
});
