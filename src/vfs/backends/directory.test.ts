import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import nodePath from "node:path";
import { unzipSync } from "fflate";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { errnoOf } from "../../testing/errno-of.ts";
import { historyTimeout, seeds } from "../../testing/histories.ts";
import { outcome, randomFrom, randomOperation, snapshot } from "../../testing/random-operations.ts";
import { exportZip } from "../archive/export-zip.ts";
import type { Vfs } from "../interface.ts";
import { MemoryTree } from "../memory-tree.ts";
import { MountVfs } from "../mount.ts";
import { OverlayVfs } from "../overlay.ts";
import { DirectoryVfs } from "./directory.ts";
import { acquireDirectoryLock, lockFileName } from "./directory-lock.ts";
import { lockDirectory, openDirectoryStore } from "./directory-store.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (content: Uint8Array): string => new TextDecoder().decode(content);

let folder: string;
beforeEach(() => {
  folder = fs.mkdtempSync(nodePath.join(os.tmpdir(), "luaskills-vfs-"));
});
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

describe("the memory tree and a real directory", () => {
  it("do the same under random operations, as do a mount and an overlay", { timeout: historyTimeout }, () => {
    for (const seed of seeds(6)) {
      const random = randomFrom(seed);
      const seeded = nodePath.join(folder, `lower-${seed}`);
      const real = nodePath.join(folder, `real-${seed}`);
      fs.mkdirSync(seeded);
      fs.mkdirSync(real);
      const tree = new MemoryTree();
      const directory = new DirectoryVfs(real);
      const below = new DirectoryVfs(seeded);
      for (let step = 0; step < 30; step++) {
        const operation = randomOperation(random);
        for (const each of [tree, directory, below]) outcome(each, operation);
      }
      const lowerBefore = snapshot(below);
      const overlay = new OverlayVfs(new DirectoryVfs(seeded, { readonly: true }));
      const mount = new MountVfs({ "/": tree });
      for (let step = 0; step < 200; step++) {
        const operation = randomOperation(random);
        const expected = outcome(directory, operation);
        expect([step, outcome(mount, operation)]).toEqual([step, expected]);
        expect([step, outcome(overlay, operation)]).toEqual([step, expected]);
      }
      expect(snapshot(tree)).toEqual(snapshot(directory));
      expect(snapshot(overlay)).toEqual(snapshot(directory));
      expect(snapshot(below)).toEqual(lowerBefore);
    }
  });
});

describe("each filesystem", () => {
  const each: ReadonlyArray<readonly [name: string, make: () => Vfs, refusal: string]> = [
    ["the memory tree", () => new MemoryTree(), "EINVAL"],
    ["a directory", () => new DirectoryVfs(folder), "EINVAL"],
    ["an overlay", () => new OverlayVfs(new DirectoryVfs(folder, { readonly: true })), "EINVAL"],
    ["a mount", () => new MountVfs({ "/": new MemoryTree() }), "EACCES"],
  ];

  it.each(each)("keeps its root and what is renamed to itself: %s", (_, make, refusal) => {
    const vfs = make();
    vfs.writeFile("/f", bytes("x"));
    vfs.rename("/f", "/f");
    vfs.rename("/f", "/./f");
    expect(text(vfs.readFile("/f"))).toBe("x");
    expect(errnoOf(() => vfs.remove("/"))).toBe(refusal);
    expect(errnoOf(() => vfs.remove("/", { recursive: true }))).toBe(refusal);
    expect(vfs.list("/")).toEqual(["f"]);
  });
});

describe("the directory filesystem", () => {
  it("finds nothing at links that lead in a circle", () => {
    fs.symlinkSync("one", nodePath.join(folder, "two"));
    fs.symlinkSync("two", nodePath.join(folder, "one"));
    const vfs = new DirectoryVfs(folder);
    expect(vfs.stat("/one", { followLinks: true })).toBeUndefined();
    expect(vfs.stat("/one")?.kind).toBe("symlink");
    expect(errnoOf(() => vfs.readFile("/one"))).toBe("EINVAL");
  });

  it("says where a path leads: through links, for what does not exist yet, and nowhere when it leads out", () => {
    const vfs = new DirectoryVfs(folder);
    vfs.mkdir("/real/inner", { recursive: true });
    vfs.writeFile("/real/f", bytes("x"));
    fs.symlinkSync("real", nodePath.join(folder, "dir"));
    fs.symlinkSync("real/f", nodePath.join(folder, "file"));
    fs.symlinkSync(os.tmpdir(), nodePath.join(folder, "out"));
    fs.symlinkSync("gone", nodePath.join(folder, "dangling"));
    expect(
      ["/", "/real//f", "/dir", "/dir/f", "/file", "/dir/new/x", "/new/x", "/dir/../real/f"].map((path) =>
        vfs.realPath(path),
      ),
    ).toEqual(["/", "/real/f", "/real", "/real/f", "/real/f", "/real/new/x", "/new/x", "/real/f"]);
    expect([vfs.realPath("/out"), vfs.realPath("/out/x/y")]).toEqual([undefined, undefined]);
    expect(vfs.realPath("/dangling/x")).toBe("/dangling/x");
    expect(vfs.realPath("/real/a\0b")).toBeUndefined();
    expect(errnoOf(() => vfs.readFile("/real/a\0b"))).toBe("EINVAL");
  });

  it("is exported through a link as what the link leads to", async () => {
    const vfs = new DirectoryVfs(folder);
    vfs.mkdir("/real", { recursive: true });
    vfs.writeFile("/real/f", bytes("x"));
    fs.symlinkSync("real", nodePath.join(folder, "dir"));
    fs.symlinkSync("real/f", nodePath.join(folder, "file"));
    for (const [path, name] of [
      ["/dir", "f"],
      ["/file", "file"],
    ] as const) {
      const files = unzipSync(await exportZip(vfs, path));
      expect(Object.entries(files).map(([each, content]) => [each, text(content)])).toEqual([[name, "x"]]);
    }
  });

  it("never follows a link out of its root", () => {
    const outside = fs.mkdtempSync(nodePath.join(os.tmpdir(), "luaskills-outside-"));
    try {
      fs.writeFileSync(nodePath.join(outside, "secret"), "secret");
      fs.symlinkSync(outside, nodePath.join(folder, "out"));
      fs.symlinkSync(nodePath.join(outside, "secret"), nodePath.join(folder, "link"));
      fs.symlinkSync(nodePath.join(outside, "new"), nodePath.join(folder, "dangling"));
      fs.writeFileSync(nodePath.join(folder, "inner"), "inner");
      fs.symlinkSync("inner", nodePath.join(folder, "good"));
      const vfs = new DirectoryVfs(folder);
      expect(errnoOf(() => vfs.readFile("/out/secret"))).toBe("EACCES");
      expect(errnoOf(() => vfs.readFile("/link"))).toBe("EACCES");
      expect(errnoOf(() => vfs.list("/out"))).toBe("EACCES");
      expect(errnoOf(() => vfs.writeFile("/out/x", bytes("x")))).toBe("EACCES");
      expect(errnoOf(() => vfs.mkdir("/out/a/b", { recursive: true }))).toBe("EACCES");
      expect(errnoOf(() => vfs.writeFile("/dangling", bytes("x")))).toBe("ENOENT");
      expect(errnoOf(() => vfs.open("/dangling", { create: true }))).toBe("ENOENT");
      expect(vfs.stat("/link")?.kind).toBe("symlink");
      expect(text(vfs.readFile("/good"))).toBe("inner");
      vfs.remove("/out", { recursive: true });
      expect(fs.readdirSync(outside)).toEqual(["secret"]);
    } finally {
      fs.rmSync(outside, { recursive: true });
    }
  });

  it("replaces files atomically and leaves no draft behind", () => {
    const vfs = new DirectoryVfs(folder);
    vfs.writeFile("/f", bytes("one"));
    const reader = fs.openSync(nodePath.join(folder, "f"), "r");
    vfs.writeFile("/f", bytes("two"));
    expect(fs.readFileSync(reader, "utf8")).toBe("one");
    fs.closeSync(reader);
    expect(errnoOf(() => vfs.writeFile("/missing/f", bytes("x")))).toBe("ENOENT");
    expect(fs.readdirSync(folder)).toEqual(["f"]);
  });
});

describe("what is in a directory", () => {
  it("is told as what it is, and may be read only by itself", () => {
    const vfs = new DirectoryVfs(folder);
    vfs.writeFile("/f", bytes("text"));
    vfs.mkdir("/d");
    fs.symlinkSync("f", nodePath.join(folder, "link"));
    expect(spawnSync("mkfifo", [nodePath.join(folder, "pipe")]).status).toBe(0);
    const told = ["/f", "/d", "/link", "/pipe"].map((path) => vfs.stat(path));
    expect(told.map((stat) => [stat?.kind, stat?.size, stat?.readonly])).toEqual([
      ["file", 4, false],
      ["dir", 0, false],
      ["symlink", 0, false],
      ["other", 0, false],
    ]);
    fs.chmodSync(nodePath.join(folder, "f"), 0o444);
    expect(vfs.stat("/f")?.readonly).toBe(true);
  });

  it("is made where nothing is: not the root, not in the place of a link that leads nowhere", () => {
    const vfs = new DirectoryVfs(folder);
    fs.symlinkSync("gone", nodePath.join(folder, "link"));
    expect(errnoOf(() => vfs.mkdir("/"))).toBe("EEXIST");
    expect(errnoOf(() => vfs.mkdir("/", { recursive: true }))).toBe("nothing thrown");
    for (const recursive of [true, false]) {
      expect(errnoOf(() => vfs.mkdir("/link", { recursive }))).toBe("EEXIST");
      expect(errnoOf(() => vfs.mkdir("/link/below", { recursive }))).not.toBe("nothing thrown");
    }
    expect(fs.readdirSync(folder)).toEqual(["link"]);
  });

  it("has another version when it changed, and the mode it had", () => {
    const vfs = new DirectoryVfs(folder);
    vfs.writeFile("/f", bytes("one"));
    fs.chmodSync(nodePath.join(folder, "f"), 0o741);
    const versions = [vfs.stat("/f")?.version, vfs.stat("/f")?.version];
    expect(versions[0]).toBe(versions[1]);
    vfs.writeFile("/f", bytes("two"));
    expect(vfs.stat("/f")?.version).not.toBe(versions[0]);
    expect(fs.statSync(nodePath.join(folder, "f")).mode & 0o777).toBe(0o741);
  });

  it.each([
    ["a name that is too long", (vfs: Vfs) => vfs.writeFile(`/${"x".repeat(300)}`, bytes("")), "EINVAL"],
    ["a directory below a file", (vfs: Vfs) => vfs.mkdir("/f/d"), "ENOTDIR"],
    ["a file for a directory", (vfs: Vfs) => vfs.list("/f"), "ENOTDIR"],
    ["a directory for a file", (vfs: Vfs) => vfs.open("/d"), "EISDIR"],
    ["a place further up than it goes", (vfs: Vfs) => vfs.rename("/d", "/d/below"), "EINVAL"],
    ["the root for something else", (vfs: Vfs) => vfs.rename("/f", "/"), "EISDIR"],
    ["something else for the root", (vfs: Vfs) => vfs.rename("/", "/d"), "EINVAL"],
  ])("is refused in words of POSIX: %s", (_, work, errno) => {
    const vfs = new DirectoryVfs(folder);
    vfs.writeFile("/f", bytes("text"));
    vfs.mkdir("/d");
    expect(errnoOf(() => work(vfs))).toBe(errno);
    expect([vfs.list("/"), vfs.list("/d"), text(vfs.readFile("/f"))]).toEqual([["d", "f"], [], "text"]);
  });
});

describe("the directory store", () => {
  it("whose lock another thread holds commits as long as that lock is there, and leaves it", async () => {
    const lock = await lockDirectory(folder);
    const store = await openDirectoryStore(folder, { lockHeld: true });
    await store.commit();
    await store.close();
    await expect(openDirectoryStore(folder)).rejects.toMatchObject({ code: "storage_in_use" });
    const again = await openDirectoryStore(folder, { lockHeld: true });
    await lock.release();
    await expect(again.commit()).rejects.toMatchObject({ code: "storage_in_use" });
    const none = await openDirectoryStore(folder, { lockHeld: true });
    await expect(none.commit()).rejects.toMatchObject({ code: "storage_in_use" });
  });

  it("lets its lock go once: the next owner's is not touched", async () => {
    const lock = await lockDirectory(folder);
    await lock.release();
    const next = await lockDirectory(folder);
    await lock.release();
    lock.verify?.();
    await expect(lockDirectory(folder)).rejects.toMatchObject({ code: "storage_in_use" });
    await next.release();
    expect(fs.readdirSync(folder)).toEqual([]);
  });

  it("commits nothing where its lock is not its own any more, and lets a lock of others be", async () => {
    const lock = nodePath.join(folder, lockFileName);
    const store = await openDirectoryStore(folder);
    await store.commit();
    fs.rmSync(lock);
    await expect(store.commit()).rejects.toMatchObject({ code: "storage_in_use", data: { lockFile: lock } });
    fs.writeFileSync(lock, "{}");
    await expect(store.close()).rejects.toMatchObject({ code: "storage_in_use" });
    expect(fs.readFileSync(lock, "utf8")).toBe("{}");
  });

  it("shows the folder under the runtime root and nothing elsewhere", async () => {
    const store = await openDirectoryStore(nodePath.join(folder, "root"));
    store.fs.mkdir("/runtime/a/b", { recursive: true });
    store.fs.writeFile("/runtime/a/b/f", bytes("x"));
    expect(fs.readFileSync(nodePath.join(folder, "root/a/b/f"), "utf8")).toBe("x");
    expect(store.fs.list("/")).toEqual(["runtime"]);
    expect(store.fs.stat("/etc/passwd")).toBeUndefined();
    expect(errnoOf(() => store.fs.writeFile("/etc/x", bytes("")))).toBe("ENOENT");
    expect(errnoOf(() => store.fs.remove("/runtime", { recursive: true }))).toBe("EACCES");
    await store.commit({ strict: true });
    await store.close();
    expect(fs.readdirSync(nodePath.join(folder, "root"))).toEqual(["a"]);
  });

  it("as an overlay writes nothing to the folder", async () => {
    fs.writeFileSync(nodePath.join(folder, "f"), "old");
    const store = await openDirectoryStore(folder, { overlay: true });
    store.fs.writeFile("/runtime/f", bytes("+new"), { append: true });
    store.fs.writeFile("/runtime/g", bytes("g"));
    expect(text(store.fs.readFile("/runtime/f"))).toBe("old+new");
    await store.close();
    expect(fs.readdirSync(folder)).toEqual(["f"]);
    expect(fs.readFileSync(nodePath.join(folder, "f"), "utf8")).toBe("old");
  });

  it("has one owner; a dead owner's lock is taken over", async () => {
    const store = await openDirectoryStore(folder);
    await expect(openDirectoryStore(folder)).rejects.toMatchObject({ code: "storage_in_use" });
    const waiting = openDirectoryStore(folder, { whenInUse: "wait" });
    await store.close();
    await (await waiting).close();

    const dead = spawnSync(process.execPath, ["-e", "console.log(process.pid)"], { encoding: "utf8" });
    const owner = { pid: Number(dead.stdout), host: os.hostname(), started: "1" };
    fs.writeFileSync(nodePath.join(folder, lockFileName), JSON.stringify(owner));
    await (await openDirectoryStore(folder)).close();
    // The number of a dead owner given to a process that started later.
    const reused = { pid: process.ppid, host: os.hostname(), started: "1" };
    fs.writeFileSync(nodePath.join(folder, lockFileName), JSON.stringify(reused));
    await (await openDirectoryStore(folder)).close();
    const elsewhere = { pid: 1, host: "another machine", started: null };
    fs.writeFileSync(nodePath.join(folder, lockFileName), JSON.stringify(elsewhere));
    await expect(acquireDirectoryLock(folder)).rejects.toMatchObject({ code: "storage_in_use" });
  });
});
