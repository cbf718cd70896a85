/**
 * Turns what changed in a tree into one commit batch, and back into "changed" when that batch did not make it.
 * Knows which records may exist in the backend, and keeps packs from filling up with what was replaced since.
 * @module
 */
import { type ChunkSource, chunkBytes } from "./file-content.ts";
import type { CommitBatch, RecordShape } from "./interface.ts";
import type { TreeObserver } from "./memory-tree.ts";
import { chunkKey, encodeNode, encodePack, formatKey, formatMarker, nodeKey, packKey } from "./records.ts";
import type { FileNode, TreeNode } from "./tree-node.ts";

/** Of a database that is loaded as a whole: few values, and four nodes that share one cost a put less each. */
export const databaseShape: RecordShape = { inlineBytes: chunkBytes, packFrom: 4 };
/**
 * A pack below 64 KiB is quick to write (see file-content.ts), one of 1 MiB quick to read. What a call leaves is written
 * quickly; what an installation leaves is read at every start.
 */
const smallPackBytes = 56 * 1024;
const largePackBytes = 1024 * 1024;

interface Pack {
  /** Every node the stored pack lists. */
  readonly ids: Set<number>;
  /** Those whose newest record is the one in this pack. */
  readonly live: Set<number>;
}

/** A batch with the way back. */
export interface Taken {
  readonly batch: CommitBatch;
  /** The batch was not stored, or nobody knows: everything in it is changed again. */
  undo(): void;
  /** The batch is durable. */
  done(): void;
}

export class ChangeLog implements TreeObserver {
  readonly #dirty = new Set<TreeNode>();
  readonly #dead = new Set<number>();
  /** Keys to delete, left over by failed batches; there is something dirty or dead beside them. */
  #deletes = new Set<string>();
  /** Nodes that may have a record of their own, tombstones apart. */
  readonly #own = new Set<number>();
  readonly #tombstones = new Set<number>();
  readonly #packs = new Map<number, Pack>();
  /** Which pack holds the newest record of a node. */
  readonly #home = new Map<number, Pack>();
  /** How many chunk records of a file may exist. */
  readonly #chunks = new Map<number, number>();
  #nextPack = 1;
  #marked = false;

  /** Finds a node by id that some pack holds or that was touched, for moving it out of a sparse pack. */
  readonly #nodes = new Map<number, TreeNode>();

  /** @param sourceOf where the content of a node can be read again; undefined: it stays in memory */
  constructor(
    private readonly shape: RecordShape = databaseShape,
    private readonly sourceOf: ((id: number) => ChunkSource) | undefined = undefined,
  ) {}

  get dirty(): boolean {
    return this.#dirty.size > 0 || this.#dead.size > 0;
  }

  touched(node: TreeNode): void {
    this.#nodes.set(node.id, node);
    this.#dirty.add(node);
  }

  removed(node: TreeNode): void {
    this.#nodes.delete(node.id);
    this.#dirty.delete(node);
    this.#dead.add(node.id);
  }

  /** What the loader found stored for a node. */
  stored(node: TreeNode, from: { pack?: number | undefined; chunks: number }): void {
    if (from.pack === undefined) this.#own.add(node.id);
    else {
      this.#nodes.set(node.id, node);
      this.#moveIn(node.id, this.#pack(from.pack));
    }
    if (from.chunks > 0) this.#chunks.set(node.id, from.chunks);
  }

  /** Puts a node in the place of the one of the same id that was loaded: the same content, in another tree. */
  adopt(node: TreeNode): void {
    this.#nodes.set(node.id, node);
    if (node.kind !== "file" || !this.sourceOf) return;
    const all = Array.from({ length: node.content.chunkCount }, (_, index) => index);
    node.content.committed(all, this.#isChunked(node) ? this.sourceOf(node.id) : undefined);
  }

  /** What the loader found listed in a pack, current or not. */
  listed(pack: number, id: number): void {
    this.#pack(pack).ids.add(id);
    this.#nextPack = Math.max(this.#nextPack, pack + 1);
  }

  tombstone(id: number): void {
    this.#tombstones.add(id);
  }

  formatFound(): void {
    this.#marked = true;
  }

  take(): Taken {
    const puts = new Map<string, Uint8Array>();
    const deletes = this.#deletes;
    this.#deletes = new Set();
    const dead = [...this.#dead];
    this.#dead.clear();

    for (const id of dead) this.#forget(id, deletes);
    const emptied = this.#retireSparsePacks();
    const dirty = [...this.#dirty];
    this.#dirty.clear();
    const chunked = new Set<number>();
    for (const node of dirty) if (this.#isChunked(node)) chunked.add(node.id);
    const chunks = this.#putNodes(dirty, puts, deletes);
    for (const [sequence, pack] of this.#packs) if (pack.live.size === 0) emptied.add(sequence);
    this.#dropPacks(emptied, puts, deletes);
    this.#bury(dead, puts, deletes);
    if (!this.#marked && puts.size > 0) puts.set(formatKey, formatMarker());

    for (const key of puts.keys()) deletes.delete(key);
    const wasMarked = this.#marked;
    this.#marked ||= puts.size > 0;
    return {
      batch: { puts: [...puts], deletes: [...deletes] },
      undo: () => {
        this.#marked = wasMarked;
        for (const node of dirty) {
          if (this.#nodes.get(node.id) !== node) continue;
          this.#dirty.add(node);
        }
        for (const [{ content }, indices] of chunks) content.markDirty(indices);
        for (const id of dead) this.#dead.add(id);
        for (const key of deletes) this.#deletes.add(key);
      },
      done: () => {
        for (const [node, indices] of chunks) {
          if (this.#nodes.get(node.id) !== node) continue;
          const source = chunked.has(node.id) ? this.sourceOf?.(node.id) : undefined;
          node.content.committed(indices, source);
        }
      },
    };
  }

  #putNodes(dirty: readonly TreeNode[], puts: Map<string, Uint8Array>, deletes: Set<string>): Map<FileNode, number[]> {
    const taken = new Map<FileNode, number[]>();
    const records = new Map<number, Uint8Array>();
    for (const node of dirty) {
      if (node.kind === "file") taken.set(node, this.#putChunks(node, puts, deletes));
      records.set(node.id, recordOf(node, this.#isChunked(node)));
      this.#moveOut(node.id);
    }
    if (records.size >= this.shape.packFrom) {
      this.#putPacks(records, puts, deletes);
      return taken;
    }
    for (const [id, record] of records) {
      puts.set(nodeKey(id), record);
      this.#own.add(id);
    }
    return taken;
  }

  #putPacks(records: Map<number, Uint8Array>, puts: Map<string, Uint8Array>, deletes: Set<string>): void {
    let total = 0;
    for (const record of records.values()) total += record.length;
    const packBytes = total < largePackBytes ? smallPackBytes : largePackBytes;
    let batch: Array<readonly [number, Uint8Array]> = [];
    let size = 0;
    const flush = (): void => {
      const sequence = this.#nextPack++;
      const pack = this.#pack(sequence);
      for (const [id] of batch) {
        pack.ids.add(id);
        this.#moveIn(id, pack);
        if (this.#own.delete(id)) deletes.add(nodeKey(id));
      }
      puts.set(packKey(sequence), encodePack(batch.map(([, record]) => record)));
      batch = [];
      size = 0;
    };
    for (const [id, record] of records) {
      // Any record is less than a pack.
      if (size + record.length > packBytes) flush();
      batch.push([id, record]);
      size += record.length;
    }
    flush();
  }

  /** Chunk records hold the content of files above one chunk. Answers which chunks a failed batch must write again. */
  #putChunks(node: FileNode, puts: Map<string, Uint8Array>, deletes: Set<string>): number[] {
    const changed = new Set(node.content.takeDirty());
    const before = this.#chunks.get(node.id) ?? 0;
    const now = this.#isChunked(node) ? node.content.chunkCount : 0;
    for (let index = 0; index < now; index++) {
      if (index < before && !changed.has(index)) continue;
      puts.set(chunkKey(node.id, index), node.content.lend(index));
      changed.add(index);
    }
    for (let index = now; index < before; index++) deletes.add(chunkKey(node.id, index));
    if (now > 0) this.#chunks.set(node.id, now);
    else this.#chunks.delete(node.id);
    return [...changed];
  }

  /** Whether the content has records of its own. */
  #isChunked(node: TreeNode): boolean {
    return node.kind === "file" && node.content.size > this.shape.inlineBytes;
  }

  #forget(id: number, deletes: Set<string>): void {
    if (this.#own.delete(id)) deletes.add(nodeKey(id));
    for (let index = (this.#chunks.get(id) ?? 0) - 1; index >= 0; index--) deletes.add(chunkKey(id, index));
    this.#chunks.delete(id);
    this.#moveOut(id);
  }

  /** A pack of which less than half is still current is read at every start for little: its nodes are written anew. */
  #retireSparsePacks(): Set<number> {
    const retired = new Set<number>();
    for (const [sequence, pack] of this.#packs) {
      if (pack.live.size * 2 >= pack.ids.size) continue;
      retired.add(sequence);
      for (const id of pack.live) {
        const node = this.#nodes.get(id);
        if (node) this.#dirty.add(node);
      }
    }
    return retired;
  }

  #dropPacks(sequences: Iterable<number>, puts: Map<string, Uint8Array>, deletes: Set<string>): void {
    for (const sequence of sequences) {
      this.#packs.delete(sequence);
      puts.delete(packKey(sequence));
      deletes.add(packKey(sequence));
    }
    for (const id of [...this.#tombstones]) {
      if (this.#listedAnywhere(id)) continue;
      this.#tombstones.delete(id);
      deletes.add(nodeKey(id));
    }
  }

  #bury(dead: readonly number[], puts: Map<string, Uint8Array>, deletes: Set<string>): void {
    for (const id of dead) {
      if (!this.#listedAnywhere(id)) continue;
      this.#tombstones.add(id);
      deletes.delete(nodeKey(id));
      puts.set(
        nodeKey(id),
        encodeNode({ id, kind: "tombstone", parent: 0, name: "", modifiedMs: 0, size: 0, inline: undefined }),
      );
    }
  }

  #moveIn(id: number, pack: Pack): void {
    pack.live.add(id);
    this.#home.set(id, pack);
  }

  #moveOut(id: number): void {
    this.#home.get(id)?.live.delete(id);
    this.#home.delete(id);
  }

  #listedAnywhere(id: number): boolean {
    for (const pack of this.#packs.values()) if (pack.ids.has(id)) return true;
    return false;
  }

  #pack(sequence: number): Pack {
    let pack = this.#packs.get(sequence);
    if (pack === undefined) {
      pack = { ids: new Set(), live: new Set() };
      this.#packs.set(sequence, pack);
    }
    return pack;
  }
}

export function recordOf(node: TreeNode, chunked: boolean): Uint8Array {
  const isFile = node.kind === "file";
  const size = isFile ? node.content.size : 0;
  let inline: Uint8Array | undefined;
  if (isFile && !chunked) inline = size === 0 ? new Uint8Array(0) : node.content.chunk(0);
  return encodeNode({
    id: node.id,
    kind: node.kind,
    parent: node.parent?.id ?? 0,
    name: node.name,
    modifiedMs: node.modifiedMs,
    size,
    inline,
  });
}
