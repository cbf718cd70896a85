/**
 * How the tree looks in a backend: a flat map from short keys to bytes, never above about 1 MiB a value, so that every
 * backend can hold it.
 *
 * - `format`      what wrote the store; a store of an unknown format is refused, never guessed at
 * - `n/<id>`      one node: parent, name, time; a file of at most one chunk carries its content inside
 * - `c/<id>/<i>`  one 32 KiB chunk of a larger file
 * - `p/<seq>`     a pack: many node records in one value, written when many nodes change at once (an installed
 *                 package, an imported archive). A node's own record wins over packs, a later pack over an earlier one.
 * @module
 */
import { LuaSkillsError } from "../errors.ts";

export const formatKey = "format";
const formatText = "luaskills-vfs 1";

export const nodeKey = (id: number): string => `n/${id.toString(36)}`;
export const chunkKey = (id: number, index: number): string => `c/${id.toString(36)}/${index.toString(36)}`;
export const packKey = (sequence: number): string => `p/${sequence.toString(36)}`;

export interface NodeRecord {
  readonly id: number;
  /** A tombstone says that a node which some pack still lists is gone. */
  readonly kind: "file" | "dir" | "tombstone";
  readonly parent: number;
  readonly name: string;
  readonly modifiedMs: number;
  /** Bytes of the whole file. */
  readonly size: number;
  /** The content when it is one chunk or less; a view into the record. */
  readonly inline: Uint8Array | undefined;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
const kinds = ["file", "dir", "tombstone"] as const;
const headerBytes = 8 + 8 + 8 + 8 + 1 + 1 + 2;

export function encodeNode(record: NodeRecord): Uint8Array<ArrayBuffer> {
  const name = encoder.encode(record.name);
  const out = new Uint8Array(headerBytes + name.length + (record.inline?.length ?? 0));
  const view = new DataView(out.buffer);
  view.setFloat64(0, record.id);
  view.setFloat64(8, record.parent);
  view.setFloat64(16, record.modifiedMs);
  view.setFloat64(24, record.size);
  view.setUint8(32, kinds.indexOf(record.kind));
  view.setUint8(33, record.inline ? 1 : 0);
  view.setUint16(34, name.length);
  out.set(name, headerBytes);
  if (record.inline) out.set(record.inline, headerBytes + name.length);
  return out;
}

/** A record that holds one node. */
export type StoredNode = readonly [key: string, bytes: Uint8Array];

/** @throws LuaSkillsError `storage_corrupt` */
export function decodeNodes(stored: readonly StoredNode[]): NodeRecord[] {
  let view: DataView = new DataView(new ArrayBuffer(0));
  return stored.map(([key, bytes]) => {
    // Those of one commit, and those of a pack, have one buffer.
    if (view.buffer !== bytes.buffer) view = new DataView(bytes.buffer);
    const at = bytes.byteOffset;
    if (bytes.length < headerBytes) throw damaged(key);
    const kind = kinds[view.getUint8(at + 32)];
    const nameEnd = headerBytes + view.getUint16(at + 34);
    const id = view.getFloat64(at);
    const size = view.getFloat64(at + 24);
    // Nothing but the root has the id 0, or it would lie within itself; a size that is no number would be no quota.
    if (kind === undefined || nameEnd > bytes.length || !(id > 0 && size >= 0)) throw damaged(key);
    const inline = view.getUint8(at + 33) === 1 ? bytes.subarray(nameEnd) : undefined;
    if (inline && inline.length !== size) throw damaged(key);
    return {
      id,
      kind,
      parent: view.getFloat64(at + 8),
      name: decoder.decode(bytes.subarray(headerBytes, nameEnd)),
      modifiedMs: view.getFloat64(at + 16),
      size,
      inline,
    };
  });
}

/** Each record with its length before it. */
export function encodePack(records: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(records.reduce((sum, record) => sum + 4 + record.length, 0));
  const view = new DataView(out.buffer);
  let at = 0;
  for (const record of records) {
    view.setUint32(at, record.length);
    out.set(record, at + 4);
    at += 4 + record.length;
  }
  return out;
}

export function unpack(bytes: Uint8Array, key: string): StoredNode[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const out: StoredNode[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = at + 4 <= bytes.length ? view.getUint32(at) : Number.POSITIVE_INFINITY;
    if (at + 4 + length > bytes.length) throw damaged(key);
    out.push([key, bytes.subarray(at + 4, at + 4 + length)]);
    at += 4 + length;
  }
  return out;
}

export function formatMarker(): Uint8Array<ArrayBuffer> {
  return encoder.encode(formatText);
}

/** @throws LuaSkillsError `storage_error` when the store was written in a format this version does not know */
export function checkFormat(marker: Uint8Array | undefined): void {
  const found = marker ? decoder.decode(marker) : "no format marker";
  if (found === formatText) return;
  throw new LuaSkillsError(
    "storage_error",
    `this store is not one this version can read (found "${found}", expected "${formatText}"); it was left untouched. ` +
      "Open it with the version that wrote it, or choose another storage name.",
  );
}

export function damaged(key: string): LuaSkillsError {
  return new LuaSkillsError(
    "storage_corrupt",
    `record "${key}" of the store is damaged; nothing was changed. \`storage: { kind: "indexeddb", name, salvage: true }\` (or "opfs") opens the rest.`,
    { data: { key } },
  );
}
