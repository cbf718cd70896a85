import { describe, expect, it } from "vitest";
import { ChangeLog, databaseShape, type Taken } from "./change-log.ts";
import { type ChunkSource, chunkBytes } from "./file-content.ts";
import { MemoryTree } from "./memory-tree.ts";
import { unpack } from "./records.ts";
import { Residency } from "./residency.ts";
import type { FileNode } from "./tree-node.ts";

const filled = (length: number, byte = 1) => new Uint8Array(length).fill(byte);

function world(sourceOf?: (id: number) => ChunkSource): { fs: MemoryTree; log: ChangeLog } {
  const log = new ChangeLog(databaseShape, sourceOf);
  return { fs: new MemoryTree({ observer: log }), log };
}

/** Keys of a batch, in the order of their names. */
const keys = ({ batch }: Taken) => ({
  puts: batch.puts.map(([key]) => key).sort(),
  deletes: [...batch.deletes].sort(),
});

const stored = (log: ChangeLog) => {
  const taken = log.take();
  taken.done();
  return keys(taken);
};

describe("a batch", () => {
  it("deletes just the records that are there", () => {
    const { fs, log } = world();
    fs.writeFile("/never", filled(1));
    fs.remove("/never");
    expect(stored(log)).toEqual({ puts: [], deletes: [] });
    fs.writeFile("/large", filled(3 * chunkBytes));
    expect(stored(log)).toEqual({ puts: ["c/2/0", "c/2/1", "c/2/2", "format", "n/2"], deletes: [] });
    fs.open("/large").truncate(2 * chunkBytes);
    expect(stored(log)).toEqual({ puts: ["n/2"], deletes: ["c/2/2"] });
    fs.open("/large").truncate(10);
    expect(stored(log)).toEqual({ puts: ["n/2"], deletes: ["c/2/0", "c/2/1"] });
    fs.writeFile("/large", filled(2 * chunkBytes));
    expect(stored(log)).toEqual({ puts: ["c/2/0", "c/2/1", "n/2"], deletes: [] });
    fs.remove("/large");
    expect(stored(log)).toEqual({ puts: [], deletes: ["c/2/0", "c/2/1", "n/2"] });
    expect(log.dirty).toBe(false);
  });

  it("that did not make it is in the next one, as far as it is still so", () => {
    const { fs, log } = world();
    for (const name of ["kept", "gone"]) fs.writeFile(`/${name}`, filled(chunkBytes + 1));
    const failed = log.take();
    expect(log.dirty).toBe(false);
    fs.remove("/gone");
    failed.undo();
    expect(log.dirty).toBe(true);
    expect(stored(log)).toEqual({ puts: ["c/1/0", "c/1/1", "format", "n/1"], deletes: ["c/2/0", "c/2/1", "n/2"] });
    fs.open("/kept").writeAt(filled(1, 2), chunkBytes);
    log.take().undo();
    fs.remove("/kept");
    log.take().undo();
    expect(stored(log)).toEqual({ puts: [], deletes: ["c/1/0", "c/1/1", "n/1"] });
  });

  it("has no format when it only takes away what may be left of one that failed", () => {
    const { fs, log } = world();
    fs.writeFile("/f", filled(1));
    log.take().undo();
    fs.remove("/f");
    expect(stored(log)).toEqual({ puts: [], deletes: ["n/1"] });
    fs.writeFile("/g", filled(1));
    expect(stored(log).puts).toEqual(["format", "n/2"]);
  });
});

describe("packs", () => {
  const files = (count: number, length = 1): ReturnType<typeof world> => {
    const made = world();
    for (let i = 10; i < 10 + count; i++) made.fs.writeFile(`/${i}`, filled(length));
    return made;
  };

  it("are made from four nodes on", () => {
    expect(stored(files(3).log).puts).toEqual(["format", "n/1", "n/2", "n/3"]);
    expect(stored(files(4).log)).toEqual({ puts: ["format", "p/1"], deletes: [] });
  });

  it("are small for what a call leaves, and as large as a megabyte for what an installation leaves", () => {
    // A record has 36 bytes of numbers and two of its name.
    const length = chunkBytes - 38;
    const sizes = (count: number): number[] =>
      files(count, length)
        .log.take()
        .batch.puts.filter(([key]) => key !== "format")
        .map(([key, bytes]) => unpack(bytes as Uint8Array, key).length);
    expect(sizes(31)).toEqual(Array(31).fill(1));
    expect(sizes(32)).toEqual([32]);
    expect(sizes(33)).toEqual([32, 1]);
    const { fs, log } = files(8, 10_000);
    fs.writeFile("/50", filled(7344 - 38 * 6));
    const [first] = log.take().batch.puts.filter(([key]) => key !== "format");
    expect(unpack(first?.[1] as Uint8Array, "p/1")).toHaveLength(5);
  });

  it("take the place of a node's own record, and give it up to the next one", () => {
    const { fs, log } = files(3);
    stored(log);
    fs.writeFile("/new", filled(1));
    for (let i = 10; i < 13; i++) fs.writeFile(`/${i}`, filled(2));
    expect(stored(log)).toEqual({ puts: ["p/1"], deletes: ["n/1", "n/2", "n/3"] });
    for (const name of ["10", "11", "12", "new"]) fs.writeFile(`/${name}`, filled(3));
    expect(stored(log)).toEqual({ puts: ["p/2"], deletes: ["p/1"] });
  });

  it("are written anew when less than half of them is current", () => {
    const { fs, log } = files(4);
    stored(log);
    fs.writeFile("/10", filled(2));
    fs.writeFile("/11", filled(2));
    expect(stored(log)).toEqual({ puts: ["n/1", "n/2"], deletes: [] });
    fs.writeFile("/10", filled(3));
    expect(stored(log)).toEqual({ puts: ["n/1"], deletes: [] });
    fs.writeFile("/12", filled(2));
    expect(stored(log)).toEqual({ puts: ["n/3"], deletes: [] });
    fs.writeFile("/10", filled(4));
    expect(stored(log)).toEqual({ puts: ["n/1", "n/4"], deletes: ["p/1"] });
  });

  it("say who of them is gone, and nothing of who never was in one", () => {
    const { fs, log } = files(4);
    stored(log);
    fs.writeFile("/own", filled(1));
    stored(log);
    fs.remove("/own");
    expect(stored(log)).toEqual({ puts: [], deletes: ["n/5"] });
    fs.remove("/10");
    expect(stored(log)).toEqual({ puts: ["n/1"], deletes: [] });
    fs.remove("/11");
    expect(stored(log)).toEqual({ puts: ["n/2"], deletes: [] });
    fs.remove("/12");
    expect(stored(log)).toEqual({ puts: ["n/4"], deletes: ["n/1", "n/2", "p/1"] });
    fs.remove("/13");
    expect(stored(log)).toEqual({ puts: [], deletes: ["n/4"] });
  });
});

describe("content that can be read again", () => {
  const residency = new Residency(100 * chunkBytes);
  const sourceOf = (): ChunkSource => ({ residency, read: () => filled(chunkBytes, 9) });
  const nodeAt = ({ root }: MemoryTree, name: string): FileNode => root.children.get(name) as FileNode;

  it("leaves memory when it has records of its own, and stays when it lies in the node's", () => {
    const { fs, log } = world(sourceOf);
    fs.writeFile("/small", filled(10));
    fs.writeFile("/large", filled(2 * chunkBytes));
    stored(log);
    expect(nodeAt(fs, "small").content.evict(0)).toBe(false);
    expect(nodeAt(fs, "large").content.evict(0)).toBe(true);
    expect(fs.readFile("/large")[0]).toBe(9);
  });

  it("is written over in its place once the commit that has it is done, and not before", () => {
    const { fs, log } = world(sourceOf);
    fs.writeFile("/f", filled(2 * chunkBytes, 1));
    const commit = () => {
      const taken = log.take();
      const chunk = taken.batch.puts.find(([key]) => key.startsWith("c/"))?.[1] as Uint8Array;
      return { chunk, done: () => taken.done() };
    };
    const first = commit();
    fs.open("/f").writeAt(filled(1, 2), 0);
    expect(first.chunk[0]).toBe(1);
    first.done();
    expect(first.chunk[0]).toBe(1);

    const second = commit();
    expect(second.chunk[0]).toBe(2);
    second.done();
    fs.open("/f").writeAt(filled(1, 3), 0);
    expect(second.chunk[0]).toBe(3);
    fs.writeFile("/f", filled(2 * chunkBytes, 4));
    expect(second.chunk[0]).toBe(4);
  });

  it("stays when the file was removed while its commit was under way: the store forgets it", () => {
    const { fs, log } = world(sourceOf);
    const open = fs.open("/f", { create: true });
    open.writeAt(filled(2 * chunkBytes), 0);
    const { content } = nodeAt(fs, "f");
    const taken = log.take();
    fs.remove("/f");
    taken.done();
    expect(content.evict(0)).toBe(false);
    const bytes = filled(1, 0);
    open.readAt(bytes, 0);
    expect(bytes[0]).toBe(1);
  });

  it("is that of another store after a move, with what memory holds", () => {
    const { fs, log } = world();
    fs.mkdir("/d");
    fs.writeFile("/small", filled(10));
    fs.writeFile("/large", filled(2 * chunkBytes));
    stored(log);
    const moved = new ChangeLog(databaseShape, sourceOf);
    for (const node of fs.root.children.values()) moved.adopt(node);
    expect([0, 1].map((index) => nodeAt(fs, "large").content.evict(index))).toEqual([true, true]);
    expect(nodeAt(fs, "small").content.evict(0)).toBe(false);
    const kept = new ChangeLog(databaseShape);
    for (const node of fs.root.children.values()) kept.adopt(node);
    expect(moved.dirty || kept.dirty).toBe(false);
  });
});
