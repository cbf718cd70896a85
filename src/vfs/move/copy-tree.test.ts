import { describe, expect, it } from "vitest";
import { outcome, randomFrom, randomOperation, snapshot } from "../../testing/random-operations.ts";
import { MemoryBackend } from "../backends/memory.ts";
import { chunkBytes } from "../file-content.ts";
import type { RecordShape } from "../interface.ts";
import { MemoryTree } from "../memory-tree.ts";
import { compareTrees, copyTree, loadedTree } from "./copy-tree.ts";

class ShapedBackend extends MemoryBackend {
  constructor(readonly shape?: RecordShape) {
    super();
  }
}

/** As a log store has them: small files inside their node, no packs. */
const logShape: RecordShape = { inlineBytes: 1000, packFrom: Number.POSITIVE_INFINITY };

async function ended<T>(steps: AsyncGenerator<number, T, undefined>): Promise<{ told: number[]; value: T }> {
  const told: number[] = [];
  for (;;) {
    const { done, value } = await steps.next();
    if (done) return { told, value };
    told.push(value);
  }
}

async function copied(tree: MemoryTree, shape?: RecordShape) {
  const backend = new ShapedBackend(shape);
  const sizes: number[] = [];
  backend.beforeCommit = ({ puts }) => void sizes.push(puts.length);
  const { told } = await ended(copyTree(tree, backend));
  const { tree: copy } = await loadedTree(backend, 0);
  return { backend, sizes, told, copy };
}

const difference = async (a: MemoryTree, b: MemoryTree) => (await ended(compareTrees(a, b))).value;

describe("a tree in another backend", () => {
  it.each([
    ["a database", undefined],
    ["a log", logShape],
  ])("is the same in %s, and is found to be", async (_, shape) => {
    for (let seed = 1; seed <= 5; seed++) {
      const random = randomFrom(seed);
      const tree = new MemoryTree();
      for (let step = 0; step < 60; step++) outcome(tree, randomOperation(random));
      const { copy } = await copied(tree, shape);
      expect(snapshot(copy)).toEqual(snapshot(tree));
      expect(await difference(tree, copy)).toBeUndefined();
    }
  });

  it("is written in batches, with many nodes in a pack", async () => {
    const tree = new MemoryTree();
    for (let i = 0; i < 90; i++) tree.writeFile(`/small-${i}`, new Uint8Array(chunkBytes));
    tree.writeFile("/large", new Uint8Array(9 * 2 ** 20));
    const inPacks = await copied(tree);
    const packs = [...inPacks.backend.records.keys()].filter((key) => key.startsWith("p/"));
    expect(packs).toHaveLength(3);
    expect(inPacks.sizes).toHaveLength(3);
    // The first batch has two packs in it.
    expect(inPacks.told).toEqual([2 * 2 ** 20, 6 * 2 ** 20]);
    const one = await copied(tree, logShape);
    expect([...one.backend.records.keys()].filter((key) => key.startsWith("p/"))).toEqual([]);
    expect(one.sizes).toHaveLength(3);
    // What was written is not written again.
    expect(one.sizes.reduce((sum, size) => sum + size)).toBe(one.backend.records.size);
    expect((await ended(compareTrees(tree, inPacks.copy))).told).toEqual([4 * 2 ** 20, 8 * 2 ** 20]);
  });
});

describe("a difference between two trees is found", () => {
  const filled = (): MemoryTree => {
    const tree = new MemoryTree({ now: () => 1000 });
    tree.mkdir("/d/deep", { recursive: true });
    tree.writeFile("/d/deep/f", new Uint8Array(2 * chunkBytes + 5).fill(7));
    tree.writeFile("/z", new Uint8Array(10));
    return tree;
  };

  it.each<readonly [string, string, (tree: MemoryTree) => void]>([
    ["one more in the root", "/", (tree) => tree.writeFile("/new", new Uint8Array(0))],
    ["one less in a folder", "/d/deep", (tree) => tree.remove("/d/deep/f")],
    ["another name", "/z", (tree) => tree.rename("/z", "/y")],
    ["a folder instead of a file", "/z", (tree) => [tree.remove("/z"), tree.mkdir("/z")]],
    ["another node of the same content", "/z", (tree) => [tree.remove("/z"), tree.writeFile("/z", new Uint8Array(10))]],
    ["another length", "/z", (tree) => tree.writeFile("/z", new Uint8Array(11))],
    ["a byte of the last chunk", "/d/deep/f", (tree) => poke(tree, "/d/deep/f", 2 * chunkBytes + 4)],
    ["a byte of the first", "/d/deep/f", (tree) => poke(tree, "/d/deep/f", 0)],
  ])("%s", async (_, path, change) => {
    const other = filled();
    change(other);
    expect(await difference(filled(), other)).toBe(path);
  });

  it("a time", async () => {
    const later = new MemoryTree({ now: () => 2000 });
    later.writeFile("/f", new Uint8Array(1));
    const sooner = new MemoryTree({ now: () => 1000 });
    sooner.writeFile("/f", new Uint8Array(1));
    expect(await difference(sooner, later)).toBe("/f");
  });

  it("none where there is none", async () => {
    expect(await difference(filled(), filled())).toBeUndefined();
  });

  function poke(tree: MemoryTree, path: string, at: number): void {
    const file = tree.open(path);
    file.writeAt(new Uint8Array([1]), at);
    file.close();
  }
});
