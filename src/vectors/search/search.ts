/**
 * Exact nearest neighbours by squared L2 distance (databases.md §12.5): the quantized copy rules most rows out, the
 * float32 rows decide among the rest. The kernel changes the time, never the answer.
 * @module
 */

import { charge } from "../../base/work.ts";
import type { VectorRows } from "../table/vector-rows.ts";
import { blockRows } from "./kernel.ts";
import { Nearest } from "./nearest.ts";

export interface Hit {
  readonly row: number;
  /** Squared L2, accumulated in double precision. */
  readonly distance: number;
}

/** Below this many rows a scan costs more than it saves. */
const scanFrom = 256;

/**
 * @param eligible a byte per row id, 1 where the row may be returned; rows without a vector must be 0
 * @returns at most `limit` hits, nearest first, ties in the order of the rows; rows at no distance (∞ from ∞) are left out
 */
export function searchNearest(rows: VectorRows, query: Float32Array, eligible: Uint8Array, limit: number): Hit[] {
  let count = 0;
  for (const byte of eligible) count += byte;
  const capacity = Math.min(limit, count);
  if (capacity === 0) return [];
  const candidates = count < Math.max(scanFrom, 2 * limit) ? undefined : likely(rows, query, eligible, capacity);
  const nearest = new Nearest(capacity);
  const vector = new Float32Array(rows.dim);
  const measure = (row: number) => {
    charge(10 + rows.dim / 2);
    rows.copy(row, vector);
    const distance = squaredDistance(query, vector);
    if (!Number.isNaN(distance)) nearest.add(distance, row);
  };
  if (!candidates) {
    for (let row = 0; row < eligible.length; row++) if (eligible[row] === 1) measure(row);
    return nearest.sorted();
  }
  for (const { row, low } of candidates) {
    // Candidates come by their lower bound: none that follows can be nearer either.
    if (low > nearest.worst) break;
    measure(row);
  }
  return nearest.sorted();
}

interface Candidate {
  readonly row: number;
  readonly low: number;
}

/** Rows that may be among the nearest, by their lower bound; undefined when the query cannot be quantized. */
function likely(
  rows: VectorRows,
  query: Float32Array,
  eligible: Uint8Array,
  capacity: number,
): Candidate[] | undefined {
  const quantized = rows.quantized();
  const prepared = quantized.prepare(query);
  if (!prepared) return undefined;
  const lows = new Float64Array(eligible.length);
  const certain = new Nearest(capacity);
  const bounds = { low: new Float64Array(blockRows), high: new Float64Array(blockRows) };
  for (let start = 0; start < eligible.length; start += blockRows) {
    const count = Math.min(blockRows, eligible.length - start);
    charge(count + (count * rows.dim) / 16);
    if (!eligible.subarray(start, start + count).includes(1)) continue;
    quantized.scan(prepared, start, count, bounds);
    for (let i = 0; i < count; i++) {
      if (eligible[start + i] !== 1) continue;
      lows[start + i] = bounds.low[i] ?? 0;
      const high = bounds.high[i] ?? 0;
      if (high < certain.worst) certain.add(high, start + i);
    }
  }
  // At least `capacity` rows are certainly this near, so whatever is certainly farther is out.
  const reach = certain.worst;
  const candidates: Candidate[] = [];
  for (let row = 0; row < eligible.length; row++) {
    const low = lows[row] ?? 0;
    if (eligible[row] === 1 && low <= reach) candidates.push({ row, low });
  }
  return candidates.sort((a, b) => a.low - b.low);
}

function squaredDistance(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    sum += difference * difference;
  }
  if (!Number.isNaN(sum) || !b.includes(Number.NaN)) return sum;
  // An item that is null (NaN here) counts as zero, as natively.
  return squaredDistance(
    a,
    b.map((item) => (Number.isNaN(item) ? 0 : item)),
  );
}
