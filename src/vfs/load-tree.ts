/**
 * Builds the tree back from the records of a backend.
 * @module
 */
import { LuaSkillsError } from "../errors.ts";
import type { ChangeLog } from "./change-log.ts";
import { type ChunkSource, chunkBytes, FileContent } from "./file-content.ts";
import type { MemoryTree } from "./memory-tree.ts";
import {
  checkFormat,
  chunkKey,
  damaged,
  decodeNode,
  decodePack,
  formatKey,
  type NodeRecord,
  nodeKey,
} from "./records.ts";
import { DirectoryNode, FileNode, type TreeNode } from "./tree-node.ts";

interface Found {
  readonly record: NodeRecord;
  readonly pack?: number;
}

/** @throws LuaSkillsError `storage_error` when the store is of another format or damaged; nothing is repaired by guessing. */
export function loadTree(
  entries: ReadonlyArray<readonly [key: string, value: unknown]>,
  tree: MemoryTree,
  log: ChangeLog,
  sourceOf?: (id: number) => ChunkSource,
  /** Takes what is missing, in a store that is salvaged; else it is thrown. */
  missing: (damage: LuaSkillsError) => void = (damage) => {
    throw damage;
  },
): void {
  const records = new Map<string, Uint8Array>();
  /** Lengths of content that stayed in the store. */
  const lengths = new Map<string, number>();
  for (const [key, value] of entries) {
    if (value instanceof Uint8Array) records.set(key, value);
    else if (typeof value === "number" && sourceOf) lengths.set(key, value);
    else throw damaged(key);
  }
  checkFormat(records);
  if (records.has(formatKey)) log.formatFound();

  const found = newestRecords(records, log);
  const byParent = new Map<number, Found[]>();
  for (const each of found.values()) {
    const siblings = byParent.get(each.record.parent);
    if (siblings) siblings.push(each);
    else byParent.set(each.record.parent, [each]);
  }
  const directories: DirectoryNode[] = [tree.root];
  let placed = 0;
  for (let i = 0; i < directories.length; i++) {
    const parent = directories[i] as DirectoryNode;
    for (const { record, pack } of byParent.get(parent.id) ?? []) {
      placed++;
      const node = parent.children.has(record.name)
        ? damaged(nodeKey(record.id))
        : makeNode(record, records, lengths, sourceOf);
      if (node instanceof LuaSkillsError) {
        missing(node);
        continue;
      }
      tree.restore(parent, node);
      const chunks = record.kind === "file" && !record.inline ? Math.ceil(record.size / chunkBytes) : 0;
      log.stored(node, { pack, chunks });
      if (node.kind === "dir") directories.push(node);
    }
  }
  if (placed === found.size) return;
  const lost = [...found.values()].find(({ record }) => !directories.some((d) => d.id === record.parent));
  missing(damaged(nodeKey(lost?.record.id ?? 0)));
}

function newestRecords(records: ReadonlyMap<string, Uint8Array>, log: ChangeLog): Map<number, Found> {
  const found = new Map<number, Found>();
  const packs = [...records.keys()]
    .filter((key) => key.startsWith("p/"))
    .map((key) => ({ key, sequence: Number.parseInt(key.slice(2), 36) }))
    .sort((a, b) => a.sequence - b.sequence);
  for (const { key, sequence } of packs) {
    for (const record of decodePack(records.get(key) as Uint8Array, key)) {
      log.listed(sequence, record.id);
      found.set(record.id, { record, pack: sequence });
    }
  }
  for (const [key, bytes] of records) {
    if (!key.startsWith("n/")) continue;
    if (bytes.length === 0) throw damaged(key);
    const record = decodeNode(bytes, key);
    const id = Number.parseInt(key.slice(2), 36);
    if (record.kind === "tombstone") {
      log.tombstone(id);
      found.delete(id);
    } else {
      if (record.id !== id) throw damaged(key);
      found.set(id, { record });
    }
  }
  return found;
}

function makeNode(
  record: NodeRecord,
  records: ReadonlyMap<string, Uint8Array>,
  lengths: ReadonlyMap<string, number>,
  sourceOf: ((id: number) => ChunkSource) | undefined,
): TreeNode | LuaSkillsError {
  const { id, name, modifiedMs, size } = record;
  if (record.kind === "dir") return new DirectoryNode(id, name, modifiedMs);
  if (!record.inline && sourceOf) {
    for (let index = 0; index * chunkBytes < size; index++) {
      const key = chunkKey(id, index);
      if (lengths.get(key) !== Math.min(chunkBytes, size - index * chunkBytes)) return damaged(key);
    }
    return new FileNode(id, name, modifiedMs, FileContent.stored(size, sourceOf(id)));
  }
  const chunks: Uint8Array[] = [];
  if (record.inline) {
    if (size > 0) chunks.push(record.inline);
  } else {
    for (let index = 0; index * chunkBytes < size; index++) {
      const key = chunkKey(id, index);
      const chunk = records.get(key);
      if (chunk?.length !== Math.min(chunkBytes, size - index * chunkBytes)) return damaged(key);
      chunks.push(chunk);
    }
  }
  return new FileNode(id, name, modifiedMs, FileContent.adopt(chunks, size));
}
