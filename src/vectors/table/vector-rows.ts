/**
 * The vectors of one column: where each write left them in the file, and the quantized copy a search scans.
 * @module
 */
import { charge } from "../../base/work.ts";
import type { MakeKernel } from "../search/kernel.ts";
import { QuantizedRows } from "./quantized-rows.ts";
import type { VectorCells } from "./row-batch.ts";

interface Segment {
  /** Row id of the first vector. */
  readonly start: number;
  /** Byte offset of the first vector in the file. */
  readonly offset: number;
  readonly valid: Uint8Array;
}

/** Bytes of float32 read at a time while the quantized copy is made. */
const readBlockBytes = 1 << 20;

export class VectorRows {
  readonly #segments: Segment[] = [];
  #count = 0;
  #quantized: QuantizedRows | undefined;

  constructor(
    readonly dim: number,
    private readonly read: (offset: number, target: Float32Array) => void,
    private readonly makeKernel: MakeKernel,
  ) {}

  /** Row ids run from 0 to this. */
  get count(): number {
    return this.#count;
  }

  get memoryBytes(): number {
    return this.#quantized?.memoryBytes ?? 0;
  }

  /** The next rows, as they lie in the file. */
  add(offset: number, valid: Uint8Array): void {
    if (valid.length === 0) return;
    this.#segments.push({ start: this.#count, offset, valid });
    this.#count += valid.length;
  }

  has(row: number): boolean {
    const segment = this.#segmentOf(row);
    return segment?.valid[row - segment.start] === 1;
  }

  /** Clears the byte of every row that has no vector. */
  restrict(eligible: Uint8Array): void {
    for (const { start, valid } of this.#segments) {
      for (const [i, byte] of valid.entries()) if (byte === 0) eligible[start + i] = 0;
    }
  }

  /** A copy of the row's vector, or null where it has none. */
  get(row: number): Float32Array | null {
    if (!this.has(row)) return null;
    const vector = new Float32Array(this.dim);
    this.copy(row, vector);
    return vector;
  }

  /** Copies the vector of `row` into `target`, which has `dim` numbers. */
  copy(row: number, target: Float32Array): void {
    const segment = this.#segmentOf(row);
    if (!segment) throw new RangeError(`there is no row ${row}; the column has ${this.#count}`);
    this.read(segment.offset + (row - segment.start) * this.dim * 4, target);
  }

  /** The vectors of these rows, in this order. */
  gather(rows: readonly number[]): VectorCells {
    const data = new Float32Array(rows.length * this.dim);
    const valid = new Uint8Array(rows.length);
    rows.forEach((row, i) => {
      charge(10 + this.dim / 4);
      if (!this.has(row)) return;
      valid[i] = 1;
      this.copy(row, data.subarray(i * this.dim, (i + 1) * this.dim));
    });
    return { kind: "vector", dim: this.dim, data, valid };
  }

  /** The quantized copy, brought up to date. It is made by the first search that needs it. */
  quantized(): QuantizedRows {
    this.#quantized ??= new QuantizedRows(this.dim, this.makeKernel);
    const perBlock = Math.max(1, Math.floor(readBlockBytes / (this.dim * 4)));
    for (const segment of this.#segments) {
      const end = segment.start + segment.valid.length;
      for (let row = Math.max(segment.start, this.#quantized.count); row < end; ) {
        const rows = Math.min(perBlock, end - row);
        const block = new Float32Array(rows * this.dim);
        this.read(segment.offset + (row - segment.start) * this.dim * 4, block);
        charge(block.length);
        this.#quantized.append(block);
        row += rows;
      }
    }
    return this.#quantized;
  }

  #segmentOf(row: number): Segment | undefined {
    let low = 0;
    let high = this.#segments.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const segment = this.#segments[middle];
      if (!segment) return undefined;
      if (row < segment.start) high = middle - 1;
      else if (row >= segment.start + segment.valid.length) low = middle + 1;
      else return segment;
    }
    return undefined;
  }
}
