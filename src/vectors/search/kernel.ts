/**
 * Rows as int8 and their dot products with one int16 query: in WebAssembly SIMD, or in JavaScript with the same integers as
 * products. Where a number lies halfway between two steps the two may quantize it differently; the loss they tell is true of each.
 * @module
 */
import { vectorsWasm } from "./generated/vectors.ts";

/** What became of a row. */
export interface QuantizedRow {
  /** What one step of its int8 numbers stands for; 0 for a row of zeros and one that is not finite. */
  readonly scale: number;
  /** Squared length of the row; Infinity or NaN for one that is not finite. */
  readonly norm: number;
  /** Squared length of what quantizing lost. */
  readonly lost: number;
}

/** Keeps the rows it multiplies. One query at a time. */
export interface DotKernel {
  /** Makes room for `count` rows; views from before are dead. */
  reserve(count: number): void;
  /** The rows, `stride` int8 each. Fetch it again after `reserve`. */
  readonly rows: Int8Array;
  /** Bytes it holds. */
  readonly memoryBytes: number;
  /** The query, `stride` int16. Fetch it again after `reserve`. */
  readonly query: Int16Array;
  /** Keeps `numbers`, the same count each time and at most `stride`, as row `row`. */
  quantize(numbers: Float32Array, row: number): QuantizedRow;
  /** Products of the query with `count` rows (at most {@link blockRows}) from `start`. Valid until the next call. */
  dots(start: number, count: number): Int32Array;
}

/** @param stride numbers per row, a multiple of 16; what is beyond the dimension stays zero */
export type MakeKernel = (stride: number) => DotKernel;

/** Rows per call of `dots`. */
export const blockRows = 1024;

const pageBytes = 65536;

/** The SIMD kernel where WebAssembly has SIMD and may be compiled, the JavaScript one elsewhere. */
export function defaultKernel(module?: WebAssembly.Module): MakeKernel {
  try {
    return wasmKernel(module ?? new WebAssembly.Module(bytesOf(vectorsWasm)));
  } catch (error) {
    // No SIMD, or no code generation (workerd without the compiled module): slower, same answers.
    if (error instanceof WebAssembly.CompileError) return scriptKernel;
    throw error;
  }
}

function wasmKernel(module: WebAssembly.Module): MakeKernel {
  return (stride) => {
    const memory = new WebAssembly.Memory({ initial: 1 });
    const instance = new WebAssembly.Instance(module, { e: { memory } });
    const { dots, quantize } = instance.exports as unknown as Exports;
    const out = align(stride * 2);
    const numbers = align(out + blockRows * 4);
    const at = { query: 0, out, numbers, rows: align(numbers + stride * 4) };
    const look = () => ({
      of: memory.buffer,
      // What is beyond the dimension stays zero.
      numbers: new Float32Array(memory.buffer, at.numbers, stride),
      out: new Float64Array(memory.buffer, at.out, 3),
    });
    let views: ReturnType<typeof look> | undefined;
    const kernel: DotKernel = {
      reserve(count) {
        const needed = at.rows + count * stride - memory.buffer.byteLength;
        if (needed > 0) memory.grow(Math.ceil(needed / pageBytes));
      },
      get rows() {
        return new Int8Array(memory.buffer, at.rows);
      },
      get memoryBytes() {
        return memory.buffer.byteLength;
      },
      get query() {
        return new Int16Array(memory.buffer, at.query, stride);
      },
      quantize(row, index) {
        if (views?.of !== memory.buffer) views = look();
        views.numbers.set(row);
        quantize(at.numbers, at.rows + index * stride, stride, at.out);
        const [scale = 0, norm = 0, lost = 0] = views.out;
        return { scale, norm, lost };
      },
      dots(start, count) {
        dots(at.query, at.rows + start * stride, count, stride, at.out);
        return new Int32Array(memory.buffer, at.out, count);
      },
    };
    kernel.reserve(0);
    return kernel;
  };
}

interface Exports {
  dots(query: number, rows: number, count: number, stride: number, out: number): void;
  quantize(numbers: number, row: number, stride: number, out: number): void;
}

export const scriptKernel: MakeKernel = (stride) => {
  let rows = new Int8Array(0);
  const query = new Int16Array(stride);
  const out = new Int32Array(blockRows);
  return {
    reserve(count) {
      if (count * stride <= rows.length) return;
      const grown = new Int8Array(count * stride);
      grown.set(rows);
      rows = grown;
    },
    get rows() {
      return rows;
    },
    get memoryBytes() {
      return rows.length;
    },
    query,
    quantize(numbers, row) {
      let norm = 0;
      let largest = 0;
      for (let i = 0; i < numbers.length; i++) {
        const x = numbers[i] ?? 0;
        norm += x * x;
        largest = Math.max(largest, Math.abs(x));
      }
      const scale = Number.isFinite(norm) ? largest / 127 : 0;
      const base = row * stride;
      let lost = 0;
      for (let i = 0; i < numbers.length; i++) {
        const x = numbers[i] ?? 0;
        const rounded = scale === 0 ? 0 : Math.round(x / scale);
        rows[base + i] = rounded;
        lost += (x - rounded * scale) ** 2;
      }
      return { scale, norm, lost };
    },
    dots(start, count) {
      for (let row = 0; row < count; row++) {
        const base = (start + row) * stride;
        let sum = 0;
        for (let i = 0; i < stride; i++) sum += (query[i] ?? 0) * (rows[base + i] ?? 0);
        out[row] = sum;
      }
      return out.subarray(0, count);
    },
  };
};

const align = (offset: number) => (offset + 15) & ~15;

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
}
