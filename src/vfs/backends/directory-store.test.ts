import fs from "node:fs";
import os from "node:os";
import nodePath from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { errnoOf } from "../../testing/errno-of.ts";
import type { VfsStore } from "../interface.ts";
import { MemoryTree } from "../memory-tree.ts";
import { entryOverhead } from "../quota.ts";
import { lockFileName } from "./directory-lock.ts";
import { openDirectoryStore } from "./directory-store.ts";

let folder: string;
beforeEach(() => {
  folder = fs.realpathSync.native(fs.mkdtempSync(nodePath.join(os.tmpdir(), "luaskills-store-")));
});
afterEach(() => {
  vi.restoreAllMocks();
  fs.rmSync(folder, { recursive: true, force: true });
});

const bytes = (count: number): Uint8Array => new Uint8Array(count).fill(7);
const refused = (code: string) => Object.assign(new Error(`${code}: refused`), { code });

describe("a strict commit of a folder", () => {
  const open = fs.promises.open;
  let store: VfsStore;
  let synced: string[];
  let handles: number;
  /** Paths below the folder that cannot be opened or synced, and why. */
  let failing: Map<string, "open EACCES" | "sync EIO">;

  beforeEach(async () => {
    synced = [];
    handles = 0;
    failing = new Map();
    vi.spyOn(fs.promises, "open").mockImplementation(async (path, ...more) => {
      const name = `/${nodePath.relative(folder, String(path))}`;
      if (failing.get(name) === "open EACCES") throw refused("EACCES");
      const handle = await open(path, ...more);
      handles += 1;
      const { sync, close } = handle;
      return Object.assign(handle, {
        async sync() {
          if (failing.get(name) === "sync EIO") throw refused("EIO");
          await sync.call(handle);
          synced.push(name);
        },
        async close() {
          handles -= 1;
          await close.call(handle);
        },
      });
    });
    store = await openDirectoryStore(folder);
  });

  /** What the next strict commit syncs. */
  const commit = async (): Promise<string[]> => {
    synced = [];
    await store.commit({ strict: true });
    expect(handles).toBe(0);
    return synced;
  };

  it("syncs each file and directory that changed since the last one, once", async () => {
    expect([store.kind, store.persisted, store.dirty]).toEqual(["directory", true, false]);
    store.fs.mkdir("/runtime/d");
    store.fs.writeFile("/runtime/d/f", bytes(1));
    expect(store.dirty).toBe(true);
    await store.commit();
    await store.commit({ strict: false });
    expect([store.dirty, synced]).toEqual([false, []]);
    store.fs.writeFile("/runtime/d/f", bytes(2), { append: true });
    expect(await commit()).toEqual(["/", "/d/f", "/d"]);
    expect(await commit()).toEqual([]);
  });

  it("passes over what is gone by then: the directory it left is synced", async () => {
    store.fs.writeFile("/runtime/f", bytes(1));
    store.fs.remove("/runtime/f");
    expect(await commit()).toEqual(["/"]);
  });

  it.each(["open EACCES", "sync EIO"] as const)(
    "that fails acknowledges nothing, and the next one tries all again: %s",
    async (how) => {
      store.fs.writeFile("/runtime/a", bytes(1));
      store.fs.writeFile("/runtime/b", bytes(1));
      failing.set("/b", how);
      await expect(store.commit({ strict: true })).rejects.toMatchObject({
        code: "storage_error",
        message: expect.stringMatching(/\/b could not be synced to disk: Error: E\w+: refused/),
        cause: expect.objectContaining({ message: expect.stringContaining("refused") }),
      });
      expect([handles, store.dirty]).toEqual([0, true]);
      failing.clear();
      expect(await commit()).toEqual(["/a", "/", "/b"]);
      expect(store.dirty).toBe(false);
    },
  );

  it("is what closing begins with; when it fails, others get the folder all the same", async () => {
    store.fs.writeFile("/runtime/a", bytes(1));
    failing.set("/a", "sync EIO");
    await expect(store.close()).rejects.toMatchObject({ code: "storage_error" });
    expect(fs.existsSync(nodePath.join(folder, lockFileName))).toBe(false);
    failing.clear();
    store = await openDirectoryStore(folder);
    store.fs.writeFile("/runtime/a", bytes(1));
    synced = [];
    await store.close();
    expect(synced).toEqual(["/a", "/"]);
  });
});

describe("a folder as a store", () => {
  it("appears where it is wanted, beside what else is mounted, with no more than it may hold", async () => {
    const other = new MemoryTree();
    const options = { runtimeRoot: "/rt", mounts: { "/other": other }, limits: { vfsBytes: 4 * entryOverhead } };
    for (const overlay of [false, true]) {
      const store = await openDirectoryStore(folder, { ...options, overlay });
      expect(store.fs.list("/")).toEqual(["other", "rt"]);
      store.fs.writeFile("/rt/f", bytes(1));
      expect(errnoOf(() => store.fs.writeFile("/rt/f", bytes(4 * entryOverhead)))).toBe("ENOSPC");
      store.fs.writeFile("/other/f", bytes(1));
      expect([store.kind, store.persisted]).toEqual(overlay ? ["memory", false] : ["directory", true]);
      store.fs.remove("/rt/f");
      await store.close();
    }
    expect([other.list("/"), fs.readdirSync(folder)]).toEqual([["f"], []]);
  });

  it("has no lock where it is only read, and hides the one it has", async () => {
    const store = await openDirectoryStore(folder);
    expect(store.fs.list("/runtime")).toEqual([]);
    const reader = await openDirectoryStore(folder, { overlay: true });
    await reader.commit({ strict: true });
    await reader.close();
    await store.commit();
    await store.close();
  });

  it("is waited for only as long as somebody waits", async () => {
    const store = await openDirectoryStore(folder);
    const stop = new AbortController();
    const waiting = openDirectoryStore(folder, { whenInUse: "wait", signal: stop.signal });
    stop.abort();
    await expect(waiting).rejects.toMatchObject({ code: "aborted" });
    await store.close();
  });

  it("that cannot be one is said to be so, whoever has the lock", async () => {
    const file = nodePath.join(folder, "file");
    fs.writeFileSync(file, "");
    for (const options of [{}, { overlay: true }, { lockHeld: true }]) {
      await expect(openDirectoryStore(file, options)).rejects.toMatchObject({
        code: "storage_unavailable",
        message: expect.stringMatching(/^the folder .*file cannot be used: Error: EEXIST/),
      });
    }
    await (await openDirectoryStore(nodePath.join(folder, "a/b"))).close();
    expect(fs.readdirSync(nodePath.join(folder, "a"))).toEqual(["b"]);
  });
});
