/**
 * A quarter-size copy of a vector column for scanning. Each row is int8 with a scale of its own; what quantizing lost is
 * kept as one number, so that a scan gives every row a distance and a bound on its error. A search that rescans the rows
 * whose bound reaches the nearest ones is exact, not approximate.
 * @module
 */
import { blockRows, type DotKernel, type MakeKernel } from "../search/kernel.ts";

/** Bounds of a squared distance. */
export interface Bounds {
  readonly low: Float64Array;
  readonly high: Float64Array;
}

/** Covers what double arithmetic rounds off, relative to the norms. */
const slack = 1e-12;

export class QuantizedRows {
  readonly #kernel: DotKernel;
  readonly #stride: number;
  #count = 0;
  #room = 0;
  #scales = new Float64Array(0);
  /** Squared lengths of the rows. */
  #norms = new Float64Array(0);
  /** Lengths of what quantizing lost; Infinity for rows that hold what is not finite. */
  #losses = new Float64Array(0);

  constructor(
    private readonly dim: number,
    makeKernel: MakeKernel,
  ) {
    this.#stride = Math.ceil(dim / 16) * 16;
    this.#kernel = makeKernel(this.#stride);
  }

  get count(): number {
    return this.#count;
  }

  /** Bytes of the copy. */
  get memoryBytes(): number {
    return this.#kernel.memoryBytes + this.#room * 3 * 8;
  }

  /** Adds the rows of `block`, `dim` numbers each. */
  append(block: Float32Array): void {
    const added = block.length / this.dim;
    this.#reserve(this.#count + added);
    for (let i = 0; i < added; i++) {
      this.#quantize(block.subarray(i * this.dim, (i + 1) * this.dim), this.#count + i);
    }
    this.#count += added;
  }

  /** The squared distances of `query` to every row of a block of at most {@link blockRows}, as bounds. */
  scan(query: PreparedQuery, start: number, count: number, bounds: Bounds): void {
    const dots = this.#kernel.dots(start, count);
    for (let i = 0; i < count; i++) {
      const row = start + i;
      const [scale, norm, loss] = [this.#scales[row] ?? 0, this.#norms[row] ?? 0, this.#losses[row] ?? 0];
      const distance = query.norm + norm - 2 * query.scale * scale * (dots[i] ?? 0);
      const error = 2 * (query.length * loss + query.loss * (Math.sqrt(norm) + loss)) + slack * (query.norm + norm);
      // Infinity minus Infinity would be NaN, which compares as neither near nor far.
      bounds.low[i] = loss === Number.POSITIVE_INFINITY ? Number.NEGATIVE_INFINITY : distance - error;
      bounds.high[i] = loss === Number.POSITIVE_INFINITY ? Number.POSITIVE_INFINITY : distance + error;
    }
  }

  /** Sets the query of the scans that follow. Undefined when it holds what is not finite. */
  prepare(query: Float32Array): PreparedQuery | undefined {
    let norm = 0;
    let largest = 0;
    for (const x of query) {
      norm += x * x;
      largest = Math.max(largest, Math.abs(x));
    }
    if (!Number.isFinite(norm)) return undefined;
    // The sum of a whole row has to fit 32 bits in the kernel.
    const range = Math.min(32767, Math.floor((2 ** 31 - 1) / (127 * this.#stride)));
    const scale = largest / range;
    const target = this.#kernel.query;
    let lost = 0;
    for (let i = 0; i < query.length; i++) {
      const x = query[i] ?? 0;
      const rounded = scale === 0 ? 0 : Math.round(x / scale);
      target[i] = rounded;
      lost += (x - rounded * scale) ** 2;
    }
    return { norm, length: Math.sqrt(norm), scale, loss: Math.sqrt(lost) };
  }

  #quantize(numbers: Float32Array, row: number): void {
    const { scale, norm, lost } = this.#kernel.quantize(numbers, row);
    const finite = Number.isFinite(norm);
    this.#scales[row] = scale;
    this.#norms[row] = finite ? norm : 0;
    this.#losses[row] = finite ? Math.sqrt(lost) : Number.POSITIVE_INFINITY;
  }

  #reserve(count: number): void {
    if (count <= this.#room) return;
    this.#room = Math.max(count, Math.ceil(this.#room * 1.5), blockRows);
    this.#kernel.reserve(this.#room);
    this.#scales = grown(this.#scales, this.#room);
    this.#norms = grown(this.#norms, this.#room);
    this.#losses = grown(this.#losses, this.#room);
  }
}

export interface PreparedQuery {
  /** Squared length. */
  readonly norm: number;
  readonly length: number;
  readonly scale: number;
  /** Length of what quantizing lost. */
  readonly loss: number;
}

function grown(old: Float64Array<ArrayBuffer>, room: number): Float64Array<ArrayBuffer> {
  const out = new Float64Array(room);
  out.set(old);
  return out;
}
