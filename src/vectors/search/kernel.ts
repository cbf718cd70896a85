/**
 * Dot products of one int16 query with int8 rows: in WebAssembly SIMD, or in JavaScript with the same integers as answers.
 * @module
 */
import { vectorsWasm } from "./generated/vectors.ts";

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
    const run = instance.exports.dots as (
      query: number,
      rows: number,
      count: number,
      stride: number,
      out: number,
    ) => void;
    const at = { query: 0, out: stride * 2, rows: align(stride * 2 + blockRows * 4) };
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
      dots(start, count) {
        run(at.query, at.rows + start * stride, count, stride, at.out);
        return new Int32Array(memory.buffer, at.out, count);
      },
    };
    kernel.reserve(0);
    return kernel;
  };
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
