import fs from "node:fs";
import os from "node:os";
import nodePath from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { errnoOf } from "../../testing/errno-of.ts";
import { entryOverhead } from "../quota.ts";
import { DirectoryVfs } from "./directory.ts";

let folder: string;
beforeEach(() => {
  folder = fs.realpathSync.native(fs.mkdtempSync(nodePath.join(os.tmpdir(), "luaskills-changes-")));
});
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

const bytes = (count: number): Uint8Array => new Uint8Array(count).fill(7);

describe("what a strict commit has to sync", () => {
  /** Paths below the folder that were heard while `work` ran. */
  const heard = (work: (vfs: DirectoryVfs) => void): string[] => {
    const paths: string[] = [];
    const vfs = new DirectoryVfs(folder, { onChange: (real) => paths.push(`/${nodePath.relative(folder, real)}`) });
    vfs.mkdir("/a");
    vfs.mkdir("/b");
    vfs.writeFile("/a/f", bytes(3));
    paths.length = 0;
    work(vfs);
    return paths;
  };

  it.each<[string, (vfs: DirectoryVfs) => void, string[]]>([
    ["a file that is written", (vfs) => vfs.writeFile("/a/g", bytes(1)), ["/a/g", "/a"]],
    ["a file that begins with its end", (vfs) => vfs.writeFile("/a/g", bytes(1), { append: true }), ["/a/g", "/a"]],
    ["a file that is made to be open", (vfs) => vfs.open("/a/g", { create: true }), ["/a/g", "/a"]],
    ["nothing, when a file is opened", (vfs) => vfs.open("/a/f", { create: true }), []],
    ["a file that is written anew: another one has its name", (vfs) => vfs.writeFile("/a/f", bytes(1)), ["/a/f", "/a"]],
    ["a file that grows", (vfs) => vfs.writeFile("/a/f", bytes(1), { append: true }), ["/a/f"]],
    ["a directory", (vfs) => vfs.mkdir("/c"), ["/"]],
    ["directories on the way", (vfs) => vfs.mkdir("/a/x/y", { recursive: true }), ["/a", "/a/x"]],
    ["a file that goes", (vfs) => vfs.remove("/a/f"), ["/a"]],
    ["a directory that goes", (vfs) => vfs.remove("/a", { recursive: true }), ["/"]],
    ["a file that moves: both directories", (vfs) => vfs.rename("/a/f", "/b/f"), ["/a", "/b"]],
    ["a write into an open file", (vfs) => vfs.open("/a/f").writeAt(bytes(2), 1), ["/a/f"]],
    ["an open file that is cut", (vfs) => vfs.open("/a/f").truncate(1), ["/a/f"]],
    ["nothing, when a file is read", (vfs) => vfs.open("/a/f").readAt(bytes(2), 0), []],
    ["nothing, when a file is renamed to itself", (vfs) => vfs.rename("/a/f", "/a/./f"), []],
  ])("%s", (_, work, expected) => {
    expect(heard(work)).toEqual(expected);
  });
});

describe("how much a directory may hold", () => {
  const quotaBytes = 2000;
  const make = () => new DirectoryVfs(folder, { quotaBytes });
  /** The bytes that are left: the most one more file may have, and what it takes as an entry. */
  const room = (vfs: DirectoryVfs): number => {
    let [fits, not] = [0, quotaBytes + 1];
    while (not - fits > 1) {
      const middle = Math.floor((fits + not) / 2);
      const errno = errnoOf(() => vfs.writeFile("/probe", bytes(middle)));
      if (errno === "ENOSPC") not = middle;
      else {
        expect(errno).toBe("nothing thrown");
        fits = middle;
        vfs.remove("/probe");
      }
    }
    return entryOverhead + fits;
  };

  it("counts what is there, what is written, and what goes", () => {
    fs.writeFileSync(nodePath.join(folder, "before"), bytes(500));
    const vfs = make();
    const empty = quotaBytes - entryOverhead - 500;
    expect(room(vfs)).toBe(empty);
    vfs.writeFile("/f", bytes(400));
    expect(room(vfs)).toBe(empty - entryOverhead - 400);
    vfs.writeFile("/f", bytes(100));
    expect(room(vfs)).toBe(empty - entryOverhead - 100);
    vfs.writeFile("/f", bytes(50), { append: true });
    expect(room(vfs)).toBe(empty - entryOverhead - 150);
    vfs.remove("/f");
    expect(room(vfs)).toBe(empty);
    vfs.writeFile("/g", bytes(50), { append: true });
    vfs.mkdir("/d");
    vfs.open("/h", { create: true }).close();
    expect(room(vfs)).toBe(empty - 3 * entryOverhead - 50);
  });

  it("entries without content are not for nothing", () => {
    const vfs = make();
    const most = Math.floor(quotaBytes / entryOverhead);
    for (let n = 0; n < most; n++) vfs.writeFile(`/${n}`, bytes(0));
    expect(errnoOf(() => vfs.writeFile("/more", bytes(0)))).toBe("ENOSPC");
    expect(errnoOf(() => vfs.open("/more", { create: true }))).toBe("ENOSPC");
    expect(errnoOf(() => vfs.mkdir("/more"))).toBe("ENOSPC");
    expect(vfs.stat("/more")).toBeUndefined();
  });

  it("counts anew what went with a directory", () => {
    const vfs = make();
    vfs.mkdir("/d");
    vfs.writeFile("/d/f", bytes(900));
    expect(room(vfs)).toBe(quotaBytes - 2 * entryOverhead - 900);
    vfs.remove("/d", { recursive: true });
    expect(room(vfs)).toBe(quotaBytes);
  });

  it("gives back what a renamed file replaces, and what is cut off; a hole counts as what it may become", () => {
    const vfs = make();
    vfs.writeFile("/a", bytes(300));
    vfs.writeFile("/b", bytes(500));
    vfs.rename("/a", "/b");
    const empty = quotaBytes - entryOverhead;
    expect(room(vfs)).toBe(empty - 300);
    const file = vfs.open("/b");
    file.truncate(100);
    expect(room(vfs)).toBe(empty - 100);
    file.writeAt(bytes(1), 999);
    expect(room(vfs)).toBe(empty - 1000);
    expect(errnoOf(() => file.truncate(quotaBytes))).toBe("ENOSPC");
    expect(errnoOf(() => file.writeAt(bytes(1), quotaBytes))).toBe("ENOSPC");
    expect(file.size).toBe(1000);
    file.close();
  });

  it("keeps the space of a removed file until the last who has it open closes it", () => {
    const vfs = make();
    vfs.writeFile("/f", bytes(600));
    const [one, two] = [vfs.open("/f"), vfs.open("/f")];
    vfs.remove("/f");
    expect(room(vfs)).toBe(quotaBytes - entryOverhead - 600);
    one.close();
    one.close();
    expect(room(vfs)).toBe(quotaBytes - entryOverhead - 600);
    two.close();
    expect(room(vfs)).toBe(quotaBytes);
    expect(errnoOf(() => two.size)).toBe("EINVAL");
  });

  it("is never more than that, whatever others put there and this one removes", () => {
    const vfs = make();
    vfs.writeFile("/a", bytes(300));
    fs.writeFileSync(nodePath.join(folder, "b"), bytes(1900));
    vfs.remove("/b");
    expect(room(vfs)).toBeLessThanOrEqual(quotaBytes);
    expect(room(vfs)).toBeGreaterThanOrEqual(quotaBytes - entryOverhead - 300);
  });

  it("is counted without what cannot be looked into, and not at all when the disk fails", () => {
    fs.mkdirSync(nodePath.join(folder, "closed"));
    fs.writeFileSync(nodePath.join(folder, "closed", "f"), bytes(700));
    const { readdirSync } = fs;
    const failing = (code: string) =>
      vi.spyOn(fs, "readdirSync").mockImplementation(((path: string, options: never) => {
        if (path.endsWith("closed")) throw Object.assign(new Error(code), { code });
        return readdirSync(path, options);
      }) as never);
    for (const [code, taken] of [
      ["EACCES", 0],
      ["EPERM", 0],
      ["ENOENT", 0],
      [undefined, entryOverhead + 700],
    ] as const) {
      if (code !== undefined) failing(code);
      expect(room(make())).toBe(quotaBytes - entryOverhead - taken);
      vi.restoreAllMocks();
    }
    failing("EIO");
    expect(() => make().writeFile("/f", bytes(1))).toThrow("EIO");
    vi.restoreAllMocks();
  });

  it.each<[string, (vfs: DirectoryVfs) => void, left: number]>([
    ["written anew", (vfs) => vfs.writeFile("/f", bytes(300)), entryOverhead + 300],
    [
      "replaced by another",
      (vfs) => {
        vfs.writeFile("/g", bytes(300));
        vfs.rename("/g", "/f");
      },
      entryOverhead + 300,
    ],
    [
      "renamed and removed",
      (vfs) => {
        vfs.rename("/f", "/g");
        vfs.remove("/g");
      },
      0,
    ],
    [
      "removed by one of two names",
      (vfs) => {
        fs.linkSync(nodePath.join(folder, "f"), nodePath.join(folder, "g"));
        vfs.remove("/f");
      },
      0,
    ],
  ])("gives the space of an open file back once: %s", (_, work, left) => {
    const vfs = make();
    vfs.writeFile("/f", bytes(400));
    const file = vfs.open("/f");
    work(vfs);
    const isThere = fs.existsSync(nodePath.join(folder, "g"));
    expect(room(vfs)).toBe(quotaBytes - left - (isThere ? 0 : entryOverhead + 400));
    file.close();
    expect(room(vfs)).toBe(quotaBytes - left);
  });

  it("a file that is there after its last close keeps its space", () => {
    const vfs = make();
    vfs.writeFile("/f", bytes(600));
    vfs.open("/f").close();
    expect(room(vfs)).toBe(quotaBytes - entryOverhead - 600);
  });
});

describe("a directory that is only read", () => {
  it.each<[string, (vfs: DirectoryVfs) => unknown]>([
    ["writeFile", (vfs) => vfs.writeFile("/f", bytes(1))],
    ["mkdir", (vfs) => vfs.mkdir("/d")],
    ["remove", (vfs) => vfs.remove("/f")],
    ["rename", (vfs) => vfs.rename("/f", "/g")],
    ["open for writing", (vfs) => vfs.open("/f", { create: true })],
  ])("refuses %s", (_, work) => {
    fs.writeFileSync(nodePath.join(folder, "f"), "x");
    const vfs = new DirectoryVfs(folder, { readonly: true });
    expect(errnoOf(() => work(vfs))).toBe("EROFS");
    expect(vfs.stat("/f")).toMatchObject({ readonly: true, size: 1 });
    expect(vfs.readFile("/f")).toEqual(new TextEncoder().encode("x"));
    const file = vfs.open("/f");
    expect(file.readAt(bytes(1), 0)).toBe(1);
    file.close();
  });
});
