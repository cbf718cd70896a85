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
  chunkOf,
  damaged,
  decodeNodes,
  formatKey,
  type NodeRecord,
  nodeKey,
  type StoredNode,
  unpack,
} from "./records.ts";
import { DirectoryNode, FileNode, type TreeNode } from "./tree-node.ts";

interface Found {
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

/** @throws LuaSkillsError `storage_error` when the store is of another format or damaged; nothing is repaired by guessing. */
export function loadTree(
  entries: Iterable<readonly [key: string, value: unknown]>,
  tree: MemoryTree,
  log: ChangeLog,
  sourceOf?: (id: number) => ChunkSource,
  /** Takes what is missing, in a store that is salvaged; else it is thrown. */
  salvage?: (damage: LuaSkillsError) => void,
): void {
  const missing = (damage: LuaSkillsError): void => {
    if (!salvage) throw damage;
    salvage(damage);
  };
  const records = sort(entries, sourceOf !== undefined);
  const { nodes, packs, others } = records;
  const marker = others.get(formatKey);
  const isEmpty = nodes.length + packs.length + others.size === 0;
  if (!isEmpty && salvage && !marker) salvage(damaged(formatKey));
  else if (!isEmpty) checkFormat(marker);
  if (marker) log.formatFound();

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
        const chunks = record.kind === "file" && !record.inline ? Math.ceil(record.size / chunkBytes) : 0;
        log.stored(node, { pack, chunks });
        if (node.kind === "dir") directories.push(node);
      }
    }
  };
  place(0);
  if (salvage && placed < found.length) {
    const lost = lostDirectories(found, byParent.keys());
    for (const id of lost) salvage(damaged(nodeKey(id)));
    if (lost.length > 0) place(directories.push(...replace(lost, found, tree)) - lost.length);
  }
  if (placed === found.length) return;
  const lost = found.find(({ record }) => !directories.some((d) => d.id === record.parent));
  missing(damaged(nodeKey(lost?.record.id ?? 0)));
}

/** Ids of directories whose own record is lost. */
function lostDirectories(found: readonly Found[], parents: Iterable<number>): number[] {
  const known = new Set(found.filter(({ record }) => record.kind === "dir").map(({ record }) => record.id));
  return [...parents].filter((id) => id !== 0 && !known.has(id));
}

/** What lay in them is found in `/runtime/lost+found`, by their ids: that is all that is known of them. */
function replace(lost: readonly number[], found: readonly Found[], tree: MemoryTree): DirectoryNode[] {
  let last = found.reduce((most, { record }) => Math.max(most, record.id, record.parent), 0);
  const make = (id: number, name: string, parent: DirectoryNode): DirectoryNode => {
    const directory = new DirectoryNode(id, name, 0);
    tree.restore(parent, directory);
    return directory;
  };
  const own = (name: string, parent: DirectoryNode): DirectoryNode => {
    const there = parent.children.get(name);
    return there?.kind === "dir" ? there : make(++last, name, parent);
  };
  const folder = own("lost+found", own("runtime", tree.root));
  return lost.map((id) => make(id, id.toString(36), folder));
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
  const place = chunkOf(key);
  if (!place) throw damaged(key);
  const chunks = lengths.get(place.id);
  if (chunks) chunks[place.index] = length;
  else if (place.index === 0) lengths.set(place.id, [length]);
  else {
    const fresh: number[] = [];
    fresh[place.index] = length;
    lengths.set(place.id, fresh);
  }
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
  for (const [i, record] of decodeNodes(nodes).entries()) {
    const key = nodes[i]?.[0] ?? "";
    const id = Number.parseInt(key.slice(2), 36);
    found.delete(id);
    if (record.kind === "tombstone") log.tombstone(id);
    else if (record.id !== id) throw damaged(key);
    else own.push({ record });
  }
  return found.size === 0 ? own : [...found.values(), ...own];
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
    if (size > 0) chunks.push(record.inline);
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
