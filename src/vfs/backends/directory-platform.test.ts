import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import nodePath from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { setPayer } from "../../base/work.ts";
import { errnoOf } from "../../testing/errno-of.ts";
import { DirectoryVfs } from "./directory.ts";

let parent: string;
let folder: string;
let vfs: DirectoryVfs;
beforeEach(() => {
  parent = fs.realpathSync.native(fs.mkdtempSync(nodePath.join(os.tmpdir(), "luaskills-platform-")));
  folder = nodePath.join(parent, "root");
  fs.mkdirSync(folder);
  vfs = new DirectoryVfs(folder);
});
afterEach(() => {
  vi.restoreAllMocks();
  setPayer(undefined);
  fs.rmSync(parent, { recursive: true, force: true });
});

const real = (name: string): string => nodePath.join(folder, name);
const counted = (length: number): Uint8Array => Uint8Array.from({ length }, (_, i) => i + 1);
const failing = (code: string) => (): never => {
  throw Object.assign(new Error(code), { code });
};
const descriptors = (): number => fs.readdirSync("/proc/self/fd").length;

describe("a platform that does a part of what it is asked", () => {
  it("is asked for the rest, at its place", () => {
    const { readSync, writeSync } = fs;
    vi.spyOn(fs, "readSync").mockImplementation(((
      fd: number,
      into: Uint8Array,
      at: number,
      length: number,
      from: number,
    ) => readSync(fd, into, at, Math.min(3, length), from)) as typeof fs.readSync);
    vi.spyOn(fs, "writeSync").mockImplementation(((
      fd: number,
      from: Uint8Array,
      at: number,
      length: number,
      to: number,
    ) => writeSync(fd, from, at, Math.min(3, length), to)) as typeof fs.writeSync);
    const file = vfs.open("/f", { create: true });
    file.writeAt(counted(10), 2);
    expect(fs.readFileSync(real("f"))).toEqual(Buffer.from([0, 0, ...counted(10)]));
    const into = new Uint8Array(8);
    expect([file.readAt(into, 3), into]).toEqual([8, counted(10).subarray(1, 9)]);
    expect([file.readAt(into, 7), into.subarray(0, 5)]).toEqual([5, counted(10).subarray(5)]);
    expect(file.readAt(into, 12)).toBe(0);
    expect(file.readAt(new Uint8Array(0), 0)).toBe(0);
    file.close();
  });
});

describe("a platform that refuses", () => {
  it("a new file its name: the old one is as it was, and no draft stays", () => {
    vfs.writeFile("/f", counted(3));
    vi.spyOn(fs, "renameSync").mockImplementationOnce(failing("EXDEV"));
    expect(errnoOf(() => vfs.writeFile("/f", counted(9)))).toBe("EXDEV");
    vi.spyOn(fs, "accessSync").mockImplementationOnce(failing("EPERM"));
    expect(errnoOf(() => vfs.writeFile("/f", counted(9)))).toBe("EACCES");
    expect([fs.readdirSync(folder), vfs.readFile("/f")]).toEqual([["f"], counted(3)]);
  });

  it("to look at a place is not taken for nothing being there", () => {
    vi.spyOn(fs.realpathSync, "native").mockImplementation(failing("EACCES"));
    expect(errnoOf(() => vfs.stat("/d/f"))).toBe("EACCES");
    expect(vfs.realPath("/d/f")).toBeUndefined();
    vi.restoreAllMocks();
    expect(vfs.stat("/d/f")).toBeUndefined();
  });

  it("in words that have no errno here is told in its own", () => {
    vi.spyOn(fs, "readFileSync").mockImplementationOnce(failing("EIO"));
    vfs.writeFile("/f", counted(3));
    expect(() => vfs.readFile("/f")).toThrow(expect.objectContaining({ code: "EIO" }));
    vi.spyOn(fs, "readFileSync").mockImplementationOnce(() => {
      throw "no error";
    });
    expect(() => vfs.readFile("/f")).toThrow("no error");
  });
});

describe("what is no file", () => {
  it("is written into, not replaced: a pipe", () => {
    expect(spawnSync("mkfifo", [real("pipe")]).status).toBe(0);
    const reader = fs.openSync(real("pipe"), fs.constants.O_RDWR | fs.constants.O_NONBLOCK);
    vfs.writeFile("/pipe", counted(5));
    const into = new Uint8Array(9);
    expect([fs.readSync(reader, into), into.subarray(0, 5)]).toEqual([5, counted(5)]);
    fs.closeSync(reader);
    expect(vfs.stat("/pipe")?.kind).toBe("other");
  });

  it("takes no content: a directory, the root", () => {
    vfs.mkdir("/d");
    for (const path of ["/d", "/"]) {
      expect(errnoOf(() => vfs.writeFile(path, counted(1)))).toBe("EISDIR");
      expect(errnoOf(() => vfs.writeFile(path, counted(1), { append: true }))).toBe("EISDIR");
      expect(errnoOf(() => vfs.open(path))).toBe("EISDIR");
    }
    expect(errnoOf(() => vfs.open("/missing"))).toBe("ENOENT");
    expect(vfs.list("/")).toEqual(["d"]);
  });

  it("has nothing below it", () => {
    vfs.writeFile("/f", counted(1));
    expect(errnoOf(() => vfs.readFile("/f/x"))).toBe("ENOTDIR");
    expect(errnoOf(() => vfs.mkdir("/f/x/y", { recursive: true }))).toBe("ENOTDIR");
    expect(errnoOf(() => vfs.remove("/f/x"))).toBe("ENOTDIR");
    expect(vfs.stat("/f/x")).toBeUndefined();
  });
});

describe("a directory", () => {
  it("ends where it ends, not where its name does: a folder beside it is outside", () => {
    fs.mkdirSync(`${folder}-beside`);
    fs.writeFileSync(nodePath.join(`${folder}-beside`, "f"), "secret");
    fs.symlinkSync(`${folder}-beside`, real("out"));
    expect(errnoOf(() => vfs.readFile("/out/f"))).toBe("EACCES");
    expect(errnoOf(() => vfs.stat("/out/f"))).toBe("EACCES");
    expect(vfs.realPath("/out/f")).toBeUndefined();
    fs.symlinkSync(parent, real("up"));
    expect(vfs.realPath("/up/root")).toBeUndefined();
    fs.symlinkSync(folder, real("self"));
    expect(vfs.realPath("/self")).toBe("/");
  });

  it("is removed as what it is: whole when that is asked for, and nothing else is taken for one", () => {
    vfs.mkdir("/d/e", { recursive: true });
    vfs.writeFile("/d/f", counted(1));
    expect(errnoOf(() => vfs.remove("/d"))).toBe("ENOTEMPTY");
    vfs.remove("/d/e");
    vfs.remove("/d/f", { recursive: true });
    expect(vfs.list("/d")).toEqual([]);
    vfs.writeFile("/d/f", counted(1));
    vfs.remove("/d", { recursive: true });
    expect(vfs.list("/")).toEqual([]);
    expect(errnoOf(() => vfs.remove("/d", { recursive: true }))).toBe("ENOENT");
    expect(errnoOf(() => vfs.rename("/d", "/e"))).toBe("ENOENT");
    expect(errnoOf(() => vfs.rename("/d", "/d"))).toBe("ENOENT");
  });

  it("is made level by level, and each level may be there only when that is asked for", () => {
    vfs.mkdir("/a/b/c", { recursive: true });
    vfs.mkdir("/a/b/c", { recursive: true });
    expect(vfs.list("/a/b")).toEqual(["c"]);
    expect(errnoOf(() => vfs.mkdir("/a/b"))).toBe("EEXIST");
    expect(errnoOf(() => vfs.mkdir("/x/y"))).toBe("ENOENT");
    vfs.writeFile("/a/f", counted(1));
    expect(errnoOf(() => vfs.mkdir("/a/f", { recursive: true }))).toBe("EEXIST");
    fs.symlinkSync("a", real("link"));
    vfs.mkdir("/link/b/d", { recursive: true });
    expect(vfs.list("/a/b")).toEqual(["c", "d"]);
  });

  it("tells its names in the order of their bytes, without the one that is not there for its user, however it is written", () => {
    const mine = new DirectoryVfs(folder, { hidden: ".Lock" });
    for (const name of [".lock", ".LOCK", "ü", "z", "B", "a"]) fs.writeFileSync(real(name), "x");
    expect(mine.list("/")).toEqual(["B", "a", "z", "ü"]);
    for (const path of ["/.lock", "/.LOCK"]) {
      expect(mine.stat(path)).toBeUndefined();
      expect(errnoOf(() => mine.readFile(path))).toBe("EACCES");
    }
    fs.symlinkSync(".lock", real("link"));
    expect(errnoOf(() => mine.readFile("/link"))).toBe("EACCES");
    expect(mine.stat("/link")?.kind).toBe("symlink");
    mine.mkdir("/d");
    mine.writeFile("/d/.lock", counted(1));
    expect(mine.list("/d")).toEqual([".lock"]);
    expect(vfs.list("/")).toContain(".lock");
  });
});

describe("an open file of a directory", () => {
  it("has its descriptor until it is closed, once, and refuses what is asked after that", () => {
    const before = descriptors();
    const file = vfs.open("/f", { create: true });
    expect(descriptors()).toBe(before + 1);
    file.writeAt(counted(4), 0);
    file.truncate(2);
    expect(file.size).toBe(2);
    file.close();
    file.close();
    expect(descriptors()).toBe(before);
    for (const use of [
      () => file.size,
      () => file.readAt(new Uint8Array(1), 0),
      () => file.writeAt(counted(1), 0),
      () => file.truncate(0),
    ]) {
      expect(errnoOf(use)).toBe("EINVAL");
    }
    expect(fs.readFileSync(real("f"))).toEqual(Buffer.from([1, 2]));
  });
});

describe("work in a directory", () => {
  it("is paid for: names, and the bytes that are read and written", () => {
    let units = 0;
    const counts = { bytesWritten: 0, sqlRows: 0 };
    const paid = (work: () => void): [units: number, written: number] => {
      units = 0;
      counts.bytesWritten = 0;
      setPayer({
        over: false,
        tally: counts,
        charge: (booked) => {
          units += booked;
        },
      });
      work();
      setPayer(undefined);
      return [units, counts.bytesWritten];
    };
    expect(paid(() => vfs.writeFile("/f", counted(6400)))).toEqual([200, 6400]);
    expect(paid(() => vfs.readFile("/f"))).toEqual([200, 0]);
    vfs.writeFile("/g", counted(1));
    expect(paid(() => vfs.list("/"))).toEqual([200, 0]);
    const file = vfs.open("/g");
    expect(paid(() => file.writeAt(counted(32), 0))).toEqual([0, 32]);
    file.close();
    expect(paid(() => new DirectoryVfs(folder).mkdir("/unlimited"))).toEqual([0, 0]);
    fs.rmdirSync(real("unlimited"));
    const full = new DirectoryVfs(folder, { quotaBytes: 1_000_000 });
    expect(paid(() => full.mkdir("/d"))).toEqual([400, 0]);
  });
});
