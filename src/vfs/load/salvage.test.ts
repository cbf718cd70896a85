import { describe, expect, it } from "vitest";
import { ChangeLog } from "../change-log.ts";
import { MemoryTree } from "../memory-tree.ts";
import { encodeNode, formatKey, formatMarker, nodeKey } from "../records.ts";
import { subtree } from "../tree-node.ts";
import { loadTree } from "./load-tree.ts";
import { salvageTelling } from "./salvage.ts";

const directory = (id: number, parent: number, name = `d${id}`): [string, Uint8Array] => [
  nodeKey(id),
  encodeNode({ id, kind: "dir", parent, name, modifiedMs: 1, size: 0, inline: undefined }),
];
const file = (id: number, parent: number, name = `f${id}`): [string, Uint8Array] => [
  nodeKey(id),
  encodeNode({ id, kind: "file", parent, name, modifiedMs: 1, size: 1, inline: new Uint8Array(1) }),
];

/** Every path but the root, and the records it was told are damaged. */
function salvaged(...entries: Array<[string, Uint8Array]>): { paths: string[]; told: unknown[]; ids: number[] } {
  const told: unknown[] = [];
  const tree = new MemoryTree();
  const salvage = salvageTelling(({ data }) => void told.push(data.key));
  loadTree([[formatKey, formatMarker()], ...entries], tree, new ChangeLog(), undefined, salvage);
  const nodes = subtree(tree.root);
  const paths = nodes.slice(1).map((node) => {
    let path = "";
    for (let at: (typeof nodes)[number] | undefined = node; at?.parent; at = at.parent) path = `/${at.name}${path}`;
    return path;
  });
  return { paths: paths.sort(), told, ids: nodes.map(({ id }) => id) };
}

describe("salvage", () => {
  it("makes up nothing where no directory is lost", () => {
    expect(salvaged(directory(1, 0), file(2, 1))).toMatchObject({ paths: ["/d1", "/d1/f2"], told: [] });
  });

  it("finds what lay in lost directories by their ids, and tells their records", () => {
    const found = salvaged(file(1, 0), file(50, 40), directory(60, 41), file(2, 60));
    expect(found).toMatchObject({
      paths: [
        "/f1",
        "/runtime",
        "/runtime/lost+found",
        "/runtime/lost+found/14",
        "/runtime/lost+found/14/f50",
        "/runtime/lost+found/15",
        "/runtime/lost+found/15/d60",
        "/runtime/lost+found/15/d60/f2",
      ],
      told: ["n/14", "n/15"],
    });
  });

  it("gives what it makes up ids that nothing else has, or their content would get mixed up", () => {
    // The highest id is a node's once, and a lost directory's once.
    for (const entries of [
      [file(70, 40), directory(3, 0), file(71, 3)],
      [file(1, 70), directory(3, 0), file(4, 3)],
    ]) {
      const { ids, paths } = salvaged(...entries);
      expect([ids.length, new Set(ids).size]).toEqual([7, 7]);
      expect(paths).toContain("/d3");
    }
  });

  it("takes the places there are, and leaves a file that has their name where it is", () => {
    const there = salvaged(directory(1, 0, "runtime"), directory(2, 1, "lost+found"), file(3, 2), file(9, 8));
    expect(there.paths).toEqual([
      "/runtime",
      "/runtime/lost+found",
      "/runtime/lost+found/8",
      "/runtime/lost+found/8/f9",
      "/runtime/lost+found/f3",
    ]);
    const files = salvaged(directory(1, 0, "runtime"), file(2, 1, "lost+found"), file(9, 8));
    expect(files.paths).toEqual([
      "/runtime",
      "/runtime/lost+found",
      "/runtime/lost+found+",
      "/runtime/lost+found+/8",
      "/runtime/lost+found+/8/f9",
    ]);
  });

  it("finds what claims to lie in a file, too", () => {
    expect(salvaged(file(1, 0), file(2, 1))).toMatchObject({
      paths: ["/f1", "/runtime", "/runtime/lost+found", "/runtime/lost+found/1", "/runtime/lost+found/1/f2"],
      told: ["n/1"],
    });
  });

  it("tells of directories within each other, and gives the rest", () => {
    expect(salvaged(directory(1, 2), directory(2, 1), file(3, 0))).toMatchObject({ paths: ["/f3"], told: ["n/1"] });
  });
});
