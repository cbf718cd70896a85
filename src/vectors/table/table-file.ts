/**
 * A table on disk: one file of appended records. A record is one write as a whole (rows added, rows removed, the new
 * version), so a write is there completely or not at all, also where the file system does not commit atomically:
 * a record that is cut short or fails its checksum ends the file.
 *
 * ```text
 * file    "LSVEC001", record…
 * record  u32 head bytes, u32 scalar bytes, u64 vector bytes, u32 crc of head and scalars, head (JSON), scalars, vectors, "DONE"
 * ```
 * @module
 */

import { concatBytes } from "../../base/bytes/concat-bytes.ts";
import { crc32 } from "../../base/bytes/crc32.ts";
import { charge } from "../../base/work.ts";
import type { Vfs, VfsFile } from "../../vfs/interface.ts";
import { decodeScalars, encodeScalars, encodeVectors } from "./cell-codec.ts";
import type { RowBatch } from "./row-batch.ts";
import type { Scalar, Schema } from "./schema.ts";

const magic = "LSVEC001";
const trailer = "DONE";
const frameBytes = 20;
/** Summed between two looks at who pays. */
const partBytes = 2 ** 16;

/** One write. */
export interface TableWrite {
  readonly version: number;
  /** Only the first record of a file has one. */
  readonly schema?: Schema;
  /** Ids of rows that are gone, counted from the first row ever written to this file. */
  readonly removed: readonly number[];
  readonly added?: RowBatch;
}

/** A write as it was found on disk: scalars decoded, vectors left where they are. */
export interface StoredWrite {
  readonly version: number;
  readonly schema?: Schema;
  readonly removed: readonly number[];
  readonly count: number;
  /** Parallel to the schema. */
  readonly cells: ReadonlyArray<StoredScalars | StoredVectors>;
}
export interface StoredScalars {
  readonly kind: "scalar";
  readonly values: Scalar[];
}
export interface StoredVectors {
  readonly kind: "vector";
  readonly valid: Uint8Array;
  /** Byte offset of the first row in the file. */
  readonly offset: number;
}

interface Head {
  readonly version: number;
  readonly schema?: Schema;
  readonly removed: readonly number[];
  readonly count: number;
  /** Bytes of each scalar column, in schema order. */
  readonly scalars: readonly number[];
}

export class TableFile {
  readonly #file: VfsFile;
  #size: number;

  private constructor(file: VfsFile, size: number) {
    this.#file = file;
    this.#size = size;
  }

  /** A new file with one record, which must carry the schema. */
  static create(
    vfs: Vfs,
    path: string,
    schema: Schema,
    write: Omit<TableWrite, "schema">,
  ): { file: TableFile; stored: StoredWrite } {
    vfs.writeFile(path, new TextEncoder().encode(magic));
    const file = new TableFile(vfs.open(path), magic.length);
    return { file, stored: file.append(schema, { ...write, schema }) };
  }

  /** @throws Error when the file is not a table, or of a newer format */
  static open(vfs: Vfs, path: string): { file: TableFile; writes: StoredWrite[] } {
    const handle = vfs.open(path);
    const found = new TextDecoder().decode(readBytes(handle, 0, magic.length));
    if (found !== magic) {
      handle.close();
      throw new Error(`${path} is not a vector table of this version (it begins with ${JSON.stringify(found)})`);
    }
    const file = new TableFile(handle, magic.length);
    const writes: StoredWrite[] = [];
    let schema: Schema | undefined;
    for (let record = file.#read(schema); record; record = file.#read(schema)) {
      schema ??= record.schema;
      writes.push(record);
    }
    if (!schema) {
      handle.close();
      throw new Error(`${path} holds no complete table: its first write was cut short`);
    }
    // What follows the last whole record is a write that was never acknowledged.
    if (handle.size > file.#size) handle.truncate(file.#size);
    return { file, writes };
  }

  get size(): number {
    return this.#size;
  }

  append(schema: Schema, write: TableWrite): StoredWrite {
    const count = write.added?.count ?? 0;
    const scalars: Uint8Array[] = [];
    const vectors: Uint8Array[] = [];
    for (const [position, column] of schema.entries()) {
      const cells = write.added?.cells[position];
      if (cells?.kind === "vector") vectors.push(encodeVectors(cells));
      else if (cells && column.type !== "vector") scalars.push(encodeScalars(column.type, cells));
    }
    const head: Head = {
      version: write.version,
      ...(write.schema ? { schema: write.schema } : {}),
      removed: write.removed,
      count,
      scalars: scalars.map((bytes) => bytes.length),
    };
    const headBytes = new TextEncoder().encode(JSON.stringify(head));
    const checked = concatBytes([headBytes, ...scalars]);
    const vectorBytes = concatBytes(vectors);
    const frame = new DataView(new ArrayBuffer(frameBytes));
    frame.setUint32(0, headBytes.length, true);
    frame.setUint32(4, checked.length - headBytes.length, true);
    frame.setBigUint64(8, BigInt(vectorBytes.length), true);
    frame.setUint32(16, checksum(checked), true);
    const start = this.#size;
    const record = concatBytes([new Uint8Array(frame.buffer), checked, vectorBytes, new TextEncoder().encode(trailer)]);
    this.#file.writeAt(record, start);
    this.#size = start + record.length;
    return storedWrite(schema, head, write, start + frameBytes + checked.length);
  }

  /** Copies float32 rows into `target`. */
  readVectors(offset: number, target: Float32Array): void {
    const bytes = new Uint8Array(target.buffer, target.byteOffset, target.byteLength);
    const got = this.#file.readAt(bytes, offset);
    if (got !== bytes.length)
      throw new Error(`the vector file ends early: ${got} of ${bytes.length} bytes at ${offset}`);
  }

  close(): void {
    this.#file.close();
  }

  #read(known: Schema | undefined): StoredWrite | undefined {
    const start = this.#size;
    if (start + frameBytes > this.#file.size) return undefined;
    const frame = readBytes(this.#file, start, frameBytes);
    const view = new DataView(frame.buffer);
    const headLength = view.getUint32(0, true);
    const scalarLength = view.getUint32(4, true);
    const vectorStart = start + frameBytes + headLength + scalarLength;
    const end = vectorStart + Number(view.getBigUint64(8, true));
    if (end + trailer.length > this.#file.size) return undefined;
    const checked = readBytes(this.#file, start + frameBytes, headLength + scalarLength);
    const last = new TextDecoder().decode(readBytes(this.#file, end, trailer.length));
    if (last !== trailer || crc32(checked) !== view.getUint32(16, true)) return undefined;
    const head = JSON.parse(new TextDecoder().decode(checked.subarray(0, headLength))) as Head;
    const schema = known ?? head.schema;
    if (!schema) return undefined;
    this.#size = end + trailer.length;
    const scalars = decodeAll(schema, head, checked.subarray(headLength));
    return found(schema, head, scalars, vectorStart, (offset, count) => readBytes(this.#file, offset, count));
  }
}

function decodeAll(schema: Schema, head: Head, bytes: Uint8Array): Scalar[][] {
  let at = 0;
  const types = schema.flatMap((column) => (column.type === "vector" ? [] : [column.type]));
  return head.scalars.map((length, i) => {
    const type = types[i];
    if (type === undefined) throw new Error("a vector table holds more columns than its schema");
    const part = bytes.subarray(at, at + length);
    at += length;
    return decodeScalars(type, part, head.count);
  });
}

function storedWrite(schema: Schema, head: Head, write: TableWrite, vectorStart: number): StoredWrite {
  const scalars = (write.added?.cells ?? []).flatMap((cells) => (cells.kind === "scalar" ? [cells.values] : []));
  const valid = (write.added?.cells ?? []).flatMap((cells) => (cells.kind === "vector" ? [cells.valid] : []));
  let next = 0;
  return found(schema, head, scalars, vectorStart, () => valid[next++] ?? new Uint8Array(0));
}

function found(
  schema: Schema,
  head: Head,
  scalars: Scalar[][],
  vectorStart: number,
  validity: (offset: number, count: number) => Uint8Array,
): StoredWrite {
  let at = vectorStart;
  let nextScalar = 0;
  const { count } = head;
  const cells = schema.map((column): StoredScalars | StoredVectors => {
    if (column.type !== "vector") return { kind: "scalar", values: count === 0 ? [] : (scalars[nextScalar++] ?? []) };
    if (count === 0) return { kind: "vector", valid: new Uint8Array(0), offset: at };
    const valid = validity(at, count);
    const offset = at + count;
    at = offset + count * column.dim * 4;
    return { kind: "vector", valid, offset };
  });
  return {
    version: head.version,
    ...(head.schema ? { schema: head.schema } : {}),
    removed: head.removed,
    count,
    cells,
  };
}

function readBytes(file: VfsFile, offset: number, count: number): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(count);
  const got = file.readAt(out, offset);
  if (got !== count) throw new Error(`the vector file ends early: ${got} of ${count} bytes at ${offset}`);
  return out;
}

/** Part by part: what a run writes may be many megabytes, and nothing is in the file yet. */
function checksum(bytes: Uint8Array): number {
  let sum = 0;
  for (let at = 0; at < bytes.length; at += partBytes) {
    charge(partBytes / 4);
    sum = crc32(bytes.subarray(at, at + partBytes), sum);
  }
  return sum;
}
