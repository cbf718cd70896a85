import { describe, expect, it } from "vitest";
import { errnoOf } from "../testing/errno-of.ts";
import { chunkBytes } from "./file-content.ts";
import { MemoryTree } from "./memory-tree.ts";
import { entryOverhead } from "./quota.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (content: Uint8Array): string => new TextDecoder().decode(content);

describe("the memory tree", () => {
  it("writes, appends, reads and lists by bytes", () => {
    const fs = new MemoryTree();
    fs.mkdir("/a/b", { recursive: true });
    for (const name of ["z", "A", "ä", "\u{1F600}", "\uFF5E"]) fs.writeFile(`/a/b/${name}`, bytes(name));
    fs.writeFile("/a/b/z", bytes("!"), { append: true });
    expect(text(fs.readFile("/a//b/./z"))).toBe("z!");
    expect(fs.list("/a/b")).toEqual(["A", "z", "ä", "\uFF5E", "\u{1F600}"]);
    expect(fs.stat("/a/b/../b/ä")).toMatchObject({ kind: "file", size: 2 });
    expect(fs.stat("/a/z/y")).toBeUndefined();
  });

  it("answers with the errno of POSIX", () => {
    const fs = new MemoryTree();
    fs.writeFile("/f", bytes("x"));
    fs.mkdir("/d/e", { recursive: true });
    expect(errnoOf(() => fs.writeFile("/no/f", bytes("")))).toBe("ENOENT");
    expect(errnoOf(() => fs.writeFile("/f/x", bytes("")))).toBe("ENOTDIR");
    expect(errnoOf(() => fs.writeFile("/d", bytes("")))).toBe("EISDIR");
    expect(errnoOf(() => fs.writeFile("/", bytes("")))).toBe("EISDIR");
    expect(errnoOf(() => fs.open("/", { create: true }))).toBe("EISDIR");
    expect(errnoOf(() => fs.readFile("/d"))).toBe("EISDIR");
    expect(errnoOf(() => fs.list("/f"))).toBe("ENOTDIR");
    expect(errnoOf(() => fs.mkdir("/d"))).toBe("EEXIST");
    expect(errnoOf(() => fs.mkdir("/f", { recursive: true }))).toBe("EEXIST");
    expect(errnoOf(() => fs.mkdir("/x/y"))).toBe("ENOENT");
    expect(errnoOf(() => fs.remove("/d"))).toBe("ENOTEMPTY");
    expect(errnoOf(() => fs.remove("/"))).toBe("EINVAL");
    expect(errnoOf(() => fs.rename("/d", "/d/e/f"))).toBe("EINVAL");
    expect(errnoOf(() => fs.rename("/f", "/d"))).toBe("EISDIR");
    expect(errnoOf(() => fs.rename("/d", "/f"))).toBe("ENOTDIR");
    expect(errnoOf(() => fs.open("/nothing"))).toBe("ENOENT");
    expect(errnoOf(() => fs.writeFile("/a\0b", bytes("")))).toBe("EINVAL");
  });

  it("renames whole subtrees over an empty directory", () => {
    const fs = new MemoryTree();
    fs.mkdir("/a/b/c", { recursive: true });
    fs.writeFile("/a/b/c/f", bytes("deep"));
    fs.mkdir("/t");
    fs.rename("/a/b", "/t");
    expect(text(fs.readFile("/t/c/f"))).toBe("deep");
    expect(fs.list("/a")).toEqual([]);
  });

  it("gives random access across chunks, with zeros in gaps and after a shrink", () => {
    const fs = new MemoryTree();
    const file = fs.open("/db", { create: true });
    file.writeAt(bytes("end"), chunkBytes * 2 - 1);
    expect(file.size).toBe(chunkBytes * 2 + 2);
    const out = new Uint8Array(5);
    expect(file.readAt(out, chunkBytes * 2 - 2)).toBe(4);
    expect([...out]).toEqual([0, 101, 110, 100, 0]);
    file.truncate(chunkBytes * 2);
    file.truncate(chunkBytes * 2 + 3);
    expect(fs.readFile("/db").subarray(-4)).toEqual(new Uint8Array([101, 0, 0, 0]));
    fs.remove("/db");
    file.writeAt(bytes("orphan"), 0);
    expect(fs.stat("/db")).toBeUndefined();
    // Its bytes are still there, so they count until nobody has it any more.
    expect(fs.quota.used).toBe(file.size + entryOverhead);
    file.close();
    expect(fs.quota.used).toBe(0);
  });

  it("refuses growth past the quota and gives back what is removed", () => {
    const fs = new MemoryTree({ quotaBytes: 100 + entryOverhead });
    fs.writeFile("/f", new Uint8Array(100));
    expect(errnoOf(() => fs.writeFile("/f", new Uint8Array(101)))).toBe("ENOSPC");
    expect(fs.stat("/f")?.size).toBe(100);
    expect(errnoOf(() => fs.writeFile("/g", new Uint8Array(0)))).toBe("ENOSPC");
    const file = fs.open("/f");
    expect(errnoOf(() => file.writeAt(new Uint8Array(1), 2 ** 40))).toBe("ENOSPC");
    fs.writeFile("/f", new Uint8Array(1));
    expect(fs.quota.used).toBe(1 + entryOverhead);
    fs.remove("/f");
    file.close();
    expect(fs.quota.used).toBe(0);
  });
});
