/**
 * Builds the tree back from the records of a backend.
 * @module
 */
import { LuaSkillsError } from "../../errors.ts";
import type { ChangeLog } from "../change-log.ts";
import { type ChunkSource, chunkBytes, FileContent } from "../file-content.ts";
import type { MemoryTree } from "../memory-tree.ts";
import {
  checkFormat,
  chunkKey,
  damaged,
  decodeNodes,
  formatKey,
  type NodeRecord,
  nodeKey,
  type StoredNode,
  unpack,
} from "../records.ts";
import { DirectoryNode, FileNode, type TreeNode } from "../tree-node.ts";

export interface Found {
  readonly record: NodeRecord;
  readonly pack?: number;
}

/** What came along, by what it holds. */
interface Records {
  readonly nodes: StoredNode[];
  readonly packs: StoredNode[];
  /** Content, and the format. */
  readonly others: Map<string, Uint8Array>;
  /** Of chunks that stayed in the store, by the id of their node. */
  readonly lengths: Map<number, number[]>;
}

/** Of a store that is opened for what it still has. */
export interface Salvage {
  /** Takes what else is thrown. */
  missing(damage: LuaSkillsError): void;
  /** Directories for those that nodes lie in and whose own records are lost; they are in the tree. */
  replace(found: readonly Found[], parents: Iterable<number>, tree: MemoryTree): DirectoryNode[];
}

/** @throws LuaSkillsError `storage_error` when the store is of another format, `storage_corrupt` when it is damaged; nothing is repaired by guessing. */
export function loadTree(
  entries: Iterable<readonly [key: string, value: unknown]>,
  tree: MemoryTree,
  log: ChangeLog,
  sourceOf?: (id: number) => ChunkSource,
  salvage?: Salvage,
): void {
  const missing = (damage: LuaSkillsError): void => {
    if (!salvage) throw damage;
    salvage.missing(damage);
  };
  const records = sort(entries, sourceOf !== undefined);
  const { nodes, packs, others } = records;
  const marker = others.get(formatKey);
  if (marker) log.formatFound();
  if (nodes.length + packs.length + others.size > 0) {
    if (salvage && !marker) missing(damaged(formatKey));
    else checkFormat(marker);
  }

  const found = newestRecords(records, log);
  const byParent = new Map<number, Found[]>();
  for (const each of found) {
    const siblings = byParent.get(each.record.parent);
    if (siblings) siblings.push(each);
    else byParent.set(each.record.parent, [each]);
  }
  const directories: DirectoryNode[] = [tree.root];
  let placed = 0;
  const place = (from: number): void => {
    for (let i = from; i < directories.length; i++) {
      const parent = directories[i] as DirectoryNode;
      for (const { record, pack } of byParent.get(parent.id) ?? []) {
        placed++;
        const isTwice = parent.children.has(record.name);
        const node = isTwice ? damaged(nodeKey(record.id)) : makeNode(record, records, sourceOf);
        if (node instanceof LuaSkillsError) {
          missing(node);
          continue;
        }
        tree.restore(parent, node);
        const chunks = record.inline ? 0 : Math.ceil(record.size / chunkBytes);
        log.stored(node, { pack, chunks });
        if (node.kind === "dir") directories.push(node);
      }
    }
  };
  place(0);
  if (salvage) {
    const from = directories.length;
    directories.push(...salvage.replace(found, byParent.keys(), tree));
    place(from);
  }
  if (placed === found.length) return;
  const lost = found.find(({ record }) => !directories.some((d) => d.id === record.parent));
  missing(damaged(nodeKey(lost?.record.id ?? 0)));
}

function sort(entries: Iterable<readonly [key: string, value: unknown]>, canStay: boolean): Records {
  const records: Records = { nodes: [], packs: [], others: new Map(), lengths: new Map() };
  for (const [key, value] of entries) {
    if (typeof value === "number" && canStay) putLength(records.lengths, key, value);
    else if (!(value instanceof Uint8Array)) throw damaged(key);
    else if (key.startsWith("n/")) records.nodes.push([key, value]);
    else if (key.startsWith("p/")) records.packs.push([key, value]);
    else records.others.set(key, value);
  }
  return records;
}

function putLength(lengths: Records["lengths"], key: string, length: number): void {
  // Parsing ends at what is no digit.
  const id = Number.parseInt(key.slice(2), 36);
  const chunks = lengths.get(id) ?? [];
  chunks[Number.parseInt(key.slice(key.lastIndexOf("/") + 1), 36)] = length;
  lengths.set(id, chunks);
}

function newestRecords({ nodes, packs }: Records, log: ChangeLog): readonly Found[] {
  const found = new Map<number, Found>();
  const own: Found[] = [];
  const inOrder = packs
    .map(([key, bytes]) => ({ key, bytes, sequence: Number.parseInt(key.slice(2), 36) }))
    .sort((a, b) => a.sequence - b.sequence);
  for (const { key, bytes, sequence } of inOrder) {
    for (const record of decodeNodes(unpack(bytes, key))) {
      log.listed(sequence, record.id);
      found.set(record.id, { record, pack: sequence });
    }
  }
  const records = decodeNodes(nodes);
  for (const [i, [key]] of nodes.entries()) {
    const record = records[i] as NodeRecord;
    const id = Number.parseInt(key.slice(2), 36);
    found.delete(id);
    if (record.kind === "tombstone") log.tombstone(id);
    else if (record.id !== id) throw damaged(key);
    else own.push({ record });
  }
  for (const each of found.values()) own.push(each);
  return own;
}

function makeNode(
  record: NodeRecord,
  { others, lengths }: Records,
  sourceOf: ((id: number) => ChunkSource) | undefined,
): TreeNode | LuaSkillsError {
  const { id, name, modifiedMs, size } = record;
  if (record.kind === "dir") return new DirectoryNode(id, name, modifiedMs);
  if (!record.inline && sourceOf) {
    const chunks = lengths.get(id);
    for (let index = 0; index * chunkBytes < size; index++) {
      if (chunks?.[index] !== Math.min(chunkBytes, size - index * chunkBytes)) return damaged(chunkKey(id, index));
    }
    return new FileNode(id, name, modifiedMs, FileContent.stored(size, sourceOf(id)));
  }
  const chunks: Uint8Array[] = [];
  if (record.inline) {
    chunks.push(record.inline);
  } else {
    for (let index = 0; index * chunkBytes < size; index++) {
      const key = chunkKey(id, index);
      const chunk = others.get(key);
      if (chunk?.length !== Math.min(chunkBytes, size - index * chunkBytes)) return damaged(key);
      chunks.push(chunk);
    }
  }
  return new FileNode(id, name, modifiedMs, FileContent.adopt(chunks, size));
}
