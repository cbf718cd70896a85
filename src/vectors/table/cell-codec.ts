/**
 * Cells as bytes, column by column, little-endian: a validity byte per row, then the values. Text is an offset per row
 * and UTF-8; vectors are plain float32 rows, so that one row can be read without its neighbours.
 * @module
 */
import { concatBytes } from "../../base/bytes/concat-bytes.ts";
import { charge } from "../../base/work.ts";
import { compactInteger, type ScalarCells, type VectorCells } from "./row-batch.ts";
import type { Scalar, ScalarType } from "./schema.ts";

type FixedType = Exclude<ScalarType, "string">;

interface FixedCodec {
  readonly bytes: number;
  write(view: DataView, offset: number, value: Exclude<Scalar, null>): void;
  read(view: DataView, offset: number): Scalar;
}

const fixed: Readonly<Record<FixedType, FixedCodec>> = {
  int64: {
    bytes: 8,
    write: (view, at, value) => view.setBigInt64(at, BigInt(value), true),
    read: (view, at) => compactInteger(view.getBigInt64(at, true)),
  },
  uint64: {
    bytes: 8,
    write: (view, at, value) => view.setBigUint64(at, BigInt(value), true),
    read: (view, at) => compactInteger(view.getBigUint64(at, true)),
  },
  int32: {
    bytes: 4,
    write: (view, at, value) => view.setInt32(at, Number(value), true),
    read: (view, at) => view.getInt32(at, true),
  },
  uint32: {
    bytes: 4,
    write: (view, at, value) => view.setUint32(at, Number(value), true),
    read: (view, at) => view.getUint32(at, true),
  },
  float64: {
    bytes: 8,
    write: (view, at, value) => view.setFloat64(at, Number(value), true),
    read: (view, at) => view.getFloat64(at, true),
  },
  float32: {
    bytes: 4,
    write: (view, at, value) => view.setFloat32(at, Number(value), true),
    read: (view, at) => view.getFloat32(at, true),
  },
  bool: {
    bytes: 1,
    write: (view, at, value) => view.setUint8(at, value ? 1 : 0),
    read: (view, at) => view.getUint8(at) === 1,
  },
};

export function encodeScalars(type: ScalarType, { values }: ScalarCells): Uint8Array {
  const valid = Uint8Array.from(values, (value) => (value === null ? 0 : 1));
  return concatBytes([valid, type === "string" ? encodeTexts(values) : encodeFixed(fixed[type], values)]);
}

/** @param bytes exactly what {@link encodeScalars} made for `count` rows */
export function decodeScalars(type: ScalarType, bytes: Uint8Array, count: number): Scalar[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset + count, bytes.byteLength - count);
  const read = type === "string" ? textReader(view, count) : fixedReader(fixed[type], view);
  return Array.from({ length: count }, (_, row) => (bytes[row] === 1 ? read(row) : null));
}

export function encodeVectors({ data, valid }: VectorCells): Uint8Array {
  return concatBytes([valid, new Uint8Array(data.buffer, data.byteOffset, data.byteLength)]);
}

function encodeFixed(codec: FixedCodec, values: readonly Scalar[]): Uint8Array {
  const out = new DataView(new ArrayBuffer(values.length * codec.bytes));
  values.forEach((value, row) => {
    if (value !== null) codec.write(out, row * codec.bytes, value);
  });
  return new Uint8Array(out.buffer);
}

function fixedReader(codec: FixedCodec, view: DataView): (row: number) => Scalar {
  return (row) => codec.read(view, row * codec.bytes);
}

function encodeTexts(values: readonly Scalar[]): Uint8Array {
  const encoder = new TextEncoder();
  const texts = values.map((value) => {
    const text = typeof value === "string" ? value : "";
    charge(text.length / 2);
    return encoder.encode(text);
  });
  const ends = new DataView(new ArrayBuffer(values.length * 4));
  let end = 0;
  texts.forEach((text, row) => {
    end += text.length;
    ends.setUint32(row * 4, end, true);
  });
  return concatBytes([new Uint8Array(ends.buffer), ...texts]);
}

function textReader(view: DataView, count: number): (row: number) => Scalar {
  // A leading U+FEFF is text here, not a byte order mark.
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  const base = count * 4;
  const end = (row: number) => (row < 0 ? 0 : view.getUint32(row * 4, true));
  return (row) => {
    const start = end(row - 1);
    return decoder.decode(new Uint8Array(view.buffer, view.byteOffset + base + start, end(row) - start));
  };
}
