import { describe, expect, it } from "vitest";
import { ChangeLog } from "../change-log.ts";
import { type ChunkSource, chunkBytes } from "../file-content.ts";
import { MemoryTree } from "../memory-tree.ts";
import { encodeNode, encodePack, formatKey, formatMarker, type NodeRecord, nodeKey } from "../records.ts";
import { Residency } from "../residency.ts";
import { loadTree } from "./load-tree.ts";

type Entry = readonly [key: string, value: unknown];

const filled = (length: number, byte: number) => new Uint8Array(length).fill(byte);
const node = (record: Partial<NodeRecord>): Uint8Array =>
  encodeNode({
    id: 1,
    kind: "dir",
    parent: 0,
    name: `n${record.id ?? 1}`,
    modifiedMs: 5,
    size: 0,
    inline: undefined,
    ...record,
  });
const own = (record: Partial<NodeRecord>): Entry => [nodeKey(record.id ?? 1), node(record)];
const small = (record: Partial<NodeRecord>, text: string): Partial<NodeRecord> => {
  const inline = new TextEncoder().encode(text);
  return { kind: "file", inline, size: inline.length, ...record };
};
const format: Entry = [formatKey, formatMarker()];

function loaded(
  entries: Iterable<Entry>,
  sourceOf?: (id: number) => ChunkSource,
): { tree: MemoryTree; log: ChangeLog } {
  const log = new ChangeLog(undefined, sourceOf);
  const tree = new MemoryTree({ observer: log });
  loadTree(entries, tree, log, sourceOf);
  return { tree, log };
}
const textAt = (tree: MemoryTree, path: string): string => new TextDecoder().decode(tree.readFile(path));
const corrupt = (key: string) => expect.objectContaining({ code: "storage_corrupt", data: { key } });

describe("what is loaded", () => {
  it("has its format already, and leaves nothing to delete that was never stored", () => {
    const { tree, log } = loaded([format, own({ id: 1 }), own(small({ id: 2, parent: 1 }, "x"))]);
    expect(log.dirty).toBe(false);
    tree.remove("/n1/n2");
    expect(log.take().batch).toEqual({ puts: [], deletes: ["n/2"] });
    tree.writeFile("/new", filled(1, 1));
    expect(log.take().batch.puts.map(([key]) => key)).toEqual(["n/3"]);
  });

  it("is of the latest pack, in whatever order the backend gives them", () => {
    const pack = (text: string) => encodePack([node(small({ id: 1 }, text))]);
    const { tree } = loaded([format, ["p/10", pack("of 36")], ["p/a", pack("of 10")], ["p/9", pack("of 9")]]);
    expect(textAt(tree, "/n1")).toBe("of 36");
  });

  it("is the node's own record before any pack, and nothing where that says it is gone", () => {
    const pack = encodePack([1, 2, 3].map((id) => node(small({ id }, "packed"))));
    const { tree, log } = loaded([
      ["p/1", pack],
      own(small({ id: 1 }, "own")),
      own({ id: 3, kind: "tombstone", name: "" }),
      format,
    ]);
    expect([tree.list("/"), textAt(tree, "/n1"), textAt(tree, "/n2")]).toEqual([["n1", "n2"], "own", "packed"]);
    // The pack goes with the last that it is needed for, and so does what says that one of it is gone.
    tree.remove("/n2");
    expect(log.take().batch.deletes.toSorted()).toEqual(["n/3", "p/1"]);
  });
});

describe("content that stayed in the store", () => {
  const residency = new Residency(2 * chunkBytes);
  const sourceOf = (id: number): ChunkSource => ({ residency, read: (index) => filled(id === 40 ? 10 : 20, index) });
  const size = 37 * chunkBytes + 10;
  /** The lengths of a file with id 40, which is `14` to the base 36, as are the numbers of its chunks. */
  const lengths = (last = 10): Entry[] =>
    Array.from({ length: 38 }, (_, i) => [`c/14/${i.toString(36)}`, i === 37 ? last : chunkBytes]);
  const file = own({ id: 40, kind: "file", size });

  it("is read when it is touched, and not while its lengths are checked", () => {
    const { tree } = loaded([format, file, ...lengths()], sourceOf);
    const bytes = new Uint8Array(10);
    tree.open("/n40").readAt(bytes, 37 * chunkBytes);
    expect([tree.stat("/n40")?.size, bytes[9]]).toEqual([size, 37]);
  });

  it.each<readonly [string, readonly Entry[], string]>([
    ["no chunk is there", [], "c/14/0"],
    ["one in between is missing", lengths().filter(([key]) => key !== "c/14/a"), "c/14/a"],
    ["the last is missing", lengths().slice(0, -1), "c/14/11"],
    ["the last is too short", lengths(9), "c/14/11"],
    ["the last is too long", lengths(11), "c/14/11"],
  ])("is damaged when %s", (_, chunks, key) => {
    expect(() => loaded([format, file, ...chunks], sourceOf)).toThrow(corrupt(key));
  });

  it("may lie beside content that came along in a record", () => {
    const { tree } = loaded([format, own(small({ id: 1 }, "small")), file, ...lengths()], sourceOf);
    expect(textAt(tree, "/n1")).toBe("small");
  });
});

it.each<readonly [string, readonly Entry[], string]>([
  ["a length where content was to come", [["c/1/0", 5]], "c/1/0"],
  ["a value that is no bytes", [["c/1/0", "text"]], "c/1/0"],
  ["a record under another key", [["n/2", node({ id: 1 })]], "n/2"],
  ["two nodes of one name", [own({ id: 1, name: "a" }), own({ id: 2, name: "a" })], "n/2"],
  ["a node in a file", [own(small({ id: 1 }, "x")), own({ id: 2, parent: 1 })], "n/2"],
  [
    "a node in a directory that is not there",
    [own({ id: 1 }), own({ id: 2, parent: 1 }), own({ id: 9, parent: 7 })],
    "n/9",
  ],
  ["directories within each other", [own({ id: 3 }), own({ id: 1, parent: 2 }), own({ id: 2, parent: 1 })], "n/1"],
  ["a node with the root's id, which would lie in itself", [own({ id: 0 })], "n/0"],
  ["such a node in a pack", [["p/1", encodePack([node({ id: 0 })])]], "p/1"],
  ["a size that is no number", [own({ kind: "file", size: Number.NaN })], "n/1"],
  ["a size below zero", [own({ kind: "file", size: -1 })], "n/1"],
  ["a chunk that is too long", [own({ kind: "file", size: 10 }), ["c/1/0", filled(11, 1)]], "c/1/0"],
  [
    "a second chunk that is missing",
    [own({ kind: "file", size: chunkBytes + 1 }), ["c/1/0", filled(chunkBytes, 1)]],
    "c/1/1",
  ],
])("%s is damage, told by its record", (_, entries, key) => {
  expect(() => loaded([format, ...entries])).toThrow(corrupt(key));
});

it.each<readonly [string, readonly Entry[]]>([
  ["nodes", [own({})]],
  ["as many nodes as packs", [own({}), ["p/1", encodePack([node({ id: 2 })])]]],
  ["content alone", [["c/1/0", filled(1, 1)]]],
])("a store without a format is none of ours when it has %s", (_, entries) => {
  expect(() => loaded(entries)).toThrow(expect.objectContaining({ code: "storage_error" }));
  expect(loaded([]).tree.list("/")).toEqual([]);
});
