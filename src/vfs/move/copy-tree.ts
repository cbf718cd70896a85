/**
 * A tree into another backend, and the proof that it is there.
 * @module
 */
import { sameBytes } from "../../base/bytes/same-bytes.ts";
import { ChangeLog, databaseShape, recordOf } from "../change-log.ts";
import { chunkBytes } from "../file-content.ts";
import type { VfsBackend } from "../interface.ts";
import { loadTree } from "../load/load-tree.ts";
import { MemoryTree } from "../memory-tree.ts";
import { chunkKey, encodePack, formatKey, formatMarker, nodeKey, packKey } from "../records.ts";
import { Residency } from "../residency.ts";
import { sourcesOf } from "../sources.ts";
import { type DirectoryNode, type FileNode, subtree, type TreeNode } from "../tree-node.ts";

const batchBytes = 4 * 2 ** 20;
const packBytes = 2 ** 20;

/** Writes every node and its content, in batches; gives the bytes so far. */
export async function* copyTree(tree: MemoryTree, target: VfsBackend): AsyncGenerator<number, void, undefined> {
  const { inlineBytes, packFrom } = target.shape ?? databaseShape;
  const packs = Number.isFinite(packFrom);
  let puts: Array<readonly [string, Uint8Array]> = [[formatKey, formatMarker()]];
  let bytes = 0;
  let done = 0;
  let pack: Uint8Array[] = [];
  let packed = 0;
  let sequence = 0;
  const put = (key: string, value: Uint8Array): void => {
    puts.push([key, value]);
    bytes += value.length;
  };
  const closePack = (): void => {
    if (pack.length > 0) put(packKey(++sequence), encodePack(pack));
    pack = [];
    packed = 0;
  };
  const write = async (): Promise<void> => {
    await target.commit({ puts, deletes: [] }, { strict: true });
    puts = [];
    bytes = 0;
  };
  for (const node of subtree(tree.root).slice(1)) {
    const content = node.kind === "file" && node.content.size > inlineBytes ? node.content : undefined;
    if (content) {
      for (let index = 0; index < content.chunkCount; index++) {
        put(chunkKey(node.id, index), content.lend(index));
        done += chunkBytes;
        if (bytes < batchBytes) continue;
        await write();
        yield done;
      }
    }
    const record = recordOf(node, content !== undefined);
    if (packs) {
      pack.push(record);
      packed += record.length;
      if (packed >= packBytes) closePack();
    } else put(nodeKey(node.id), record);
    if (bytes < batchBytes) continue;
    await write();
    yield done;
  }
  closePack();
  await write();
}

export interface LoadedTree {
  readonly tree: MemoryTree;
  readonly log: ChangeLog;
  readonly residency: Residency | undefined;
}

export async function loadedTree(backend: VfsBackend, residentBytes: number): Promise<LoadedTree> {
  const residency = backend.read && new Residency(residentBytes);
  const sourceOf = sourcesOf(backend, residency);
  const log = new ChangeLog(backend.shape, sourceOf);
  const tree = new MemoryTree();
  loadTree(await backend.load(), tree, log, sourceOf);
  return { tree, log, residency };
}

/** The path of the first node that is not the same in both; gives the bytes so far. */
export async function* compareTrees(
  a: MemoryTree,
  b: MemoryTree,
): AsyncGenerator<number, string | undefined, undefined> {
  let done = 0;
  const waiting: Array<{ path: string; a: DirectoryNode; b: DirectoryNode }> = [{ path: "", a: a.root, b: b.root }];
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    if (at.a.children.size !== at.b.children.size) return at.path || "/";
    for (const [name, node] of at.a.children) {
      const path = `${at.path}/${name}`;
      const other = at.b.children.get(name);
      if (!other || !sameFacts(node, other)) return path;
      if (node.kind === "dir") {
        waiting.push({ path, a: node, b: other as DirectoryNode });
        continue;
      }
      const { content } = other as FileNode;
      for (let index = 0; index < content.chunkCount; index++) {
        if (!sameBytes(node.content.chunk(index), content.chunk(index))) return path;
        done += chunkBytes;
        if (done % batchBytes === 0) yield done;
      }
    }
  }
  return undefined;
}

function sameFacts(a: TreeNode, b: TreeNode): boolean {
  if (a.kind !== b.kind || a.id !== b.id) return false;
  return a.kind === "dir" || (a.content.size === (b as FileNode).content.size && a.modifiedMs === b.modifiedMs);
}
