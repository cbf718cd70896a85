import { describe, expect, it } from "vitest";
import { type Payer, setPayer } from "../base/work.ts";
import { LuaSkillsError } from "../errors.ts";
import { errnoOf } from "../testing/errno-of.ts";
import { chunkBytes, FileContent } from "./file-content.ts";
import { MemoryTree } from "./memory-tree.ts";
import { entryOverhead } from "./quota.ts";
import { Residency } from "./residency.ts";
import { DirectoryNode, FileNode } from "./tree-node.ts";

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
    expect(errnoOf(() => fs.mkdir("/"))).toBe("EEXIST");
    expect(errnoOf(() => fs.mkdir("/", { recursive: true }))).toBe("nothing thrown");
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

describe("a file that is removed while it is open", () => {
  it("counts until the last who has it closes it, once; what is there still counts after", () => {
    const fs = new MemoryTree();
    fs.writeFile("/stays", bytes("x"));
    const used = fs.quota.used;
    const [first, second] = [fs.open("/f", { create: true }), fs.open("/f")];
    first.writeAt(bytes("1234"), 0);
    fs.remove("/f");
    first.close();
    first.close();
    expect(fs.quota.used).toBe(used + entryOverhead + 4);
    second.close();
    expect(fs.quota.used).toBe(used);
    fs.open("/stays").close();
    expect(fs.quota.used).toBe(used);
  });

  it("is told to nobody any more, whatever is written to it", () => {
    const told: string[] = [];
    const fs = new MemoryTree({
      observer: {
        touched: ({ name }) => void told.push(`touched ${name}`),
        removed: ({ name }) => void told.push(`removed ${name}`),
      },
    });
    const file = fs.open("/f", { create: true });
    fs.remove("/f");
    file.writeAt(bytes("x"), 0);
    file.truncate(10);
    expect(told).toEqual(["touched f", "removed f"]);
  });
});

describe("a change", () => {
  it("shows in the version and the time of what changed, and nothing else does", () => {
    let now = 1;
    const fs = new MemoryTree({ now: () => now });
    fs.mkdir("/d");
    const file = fs.open("/d/f", { create: true });
    file.writeAt(bytes("abc"), 0);
    const before = fs.stat("/d/f");
    expect(before).toMatchObject({ kind: "file", size: 3, modifiedMs: 1, readonly: false });
    now = 2;
    file.writeAt(bytes(""), 100);
    file.truncate(3);
    expect(fs.stat("/d/f")).toEqual(before);
    file.truncate(2);
    expect(fs.stat("/d/f")).toMatchObject({ size: 2, modifiedMs: 2 });
    expect(fs.stat("/d/f")?.version).not.toBe(before?.version);
    expect(fs.stat("/d")).toEqual({ kind: "dir", size: 0, modifiedMs: 1, readonly: false });
    now = 3;
    fs.remove("/d/f");
    expect(fs.stat("/d")?.modifiedMs).toBe(3);
  });

  it("of what lies in a stored directory is the directory's, too: its own record may be older", () => {
    const fs = new MemoryTree({ now: () => 1 });
    const directory = new DirectoryNode(1, "d", 5);
    fs.restore(fs.root, directory);
    fs.restore(directory, new FileNode(2, "new", 9));
    fs.restore(directory, new FileNode(3, "old", 2));
    expect([fs.stat("/d")?.modifiedMs, fs.stat("/")?.modifiedMs]).toEqual([9, 5]);
    fs.writeFile("/d/next", bytes(""));
    expect(fs.stat("/d/next")?.version).toMatch(/^4:/);
  });
});

it("names are as long as 255 bytes, whatever their letters are", () => {
  const fs = new MemoryTree();
  for (const [letter, most] of [
    ["a", 255],
    ["ä", 127],
    ["数", 85],
  ] as const) {
    fs.writeFile(`/${letter.repeat(most)}`, bytes(""));
    expect(errnoOf(() => fs.writeFile(`/${letter.repeat(most + 1)}`, bytes("")))).toBe("EINVAL");
  }
  expect(fs.list("/")).toHaveLength(3);
});

it("a store filled under a higher limit opens, and only growth is refused", () => {
  const fs = new MemoryTree({ quotaBytes: 10 });
  fs.restore(fs.root, new FileNode(1, "f", 1, FileContent.adopt([bytes("abcd")], 4)));
  fs.writeFile("/f", bytes("efgh"));
  fs.open("/f").writeAt(bytes("i"), 3);
  expect(text(fs.readFile("/f"))).toBe("efgi");
  expect(errnoOf(() => fs.open("/f").truncate(5))).toBe("ENOSPC");
  expect(errnoOf(() => fs.writeFile("/f", bytes("j"), { append: true }))).toBe("ENOSPC");
  fs.open("/f").truncate(3);
  expect(fs.quota.used).toBe(entryOverhead + 3);
});

it("content that the store cannot give any more is EIO with what the store says, and can be removed", () => {
  const damage = new LuaSkillsError("storage_corrupt", "damaged");
  let thrown: unknown = damage;
  const fs = new MemoryTree();
  const read = (): never => {
    throw thrown;
  };
  const content = FileContent.stored(2 * chunkBytes, { residency: new Residency(0), read });
  fs.restore(fs.root, new FileNode(1, "f", 1, content));
  const file = fs.open("/f");
  const works: Array<() => unknown> = [
    () => fs.readFile("/f"),
    () => file.readAt(new Uint8Array(1), 0),
    () => file.writeAt(bytes("x"), 1),
    () => file.truncate(1),
    () => fs.remove("/f"),
  ];
  for (const work of works) {
    expect(work).toThrow(expect.objectContaining({ errno: "EIO", cause: damage }));
  }
  thrown = new RangeError("ours");
  for (const work of works) expect(work).toThrow(thrown as Error);
  file.close();
  fs.remove("/f");
  expect(fs.list("/")).toEqual([]);
});

it("work is paid for by what it takes: names of a listing, bytes that are copied, entries that go", () => {
  const fs = new MemoryTree();
  for (const name of ["a", "b", "c"]) fs.writeFile(`/${name}`, new Uint8Array(3200));
  let units = 0;
  const paid = (work: () => unknown): number => {
    units = 0;
    const payer: Payer = {
      over: false,
      charge(more) {
        units += more;
      },
    };
    const before = setPayer(payer);
    try {
      work();
    } finally {
      setPayer(before);
    }
    return units;
  };
  expect(paid(() => fs.list("/"))).toBe(90);
  expect(paid(() => fs.readFile("/a"))).toBe(100);
  expect(paid(() => fs.writeFile("/a", new Uint8Array(6400)))).toBe(200);
  expect(paid(() => fs.remove("/a"))).toBe(60);
});
