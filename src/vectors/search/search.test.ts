import { describe, expect, it } from "vitest";
import { VectorRows } from "../table/vector-rows.ts";
import { defaultKernel, type MakeKernel, scriptKernel } from "./kernel.ts";
import { searchNearest } from "./search.ts";

/** Deterministic numbers in [-1, 1). */
function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  };
}

function rowsOf(data: Float32Array, dim: number, makeKernel: MakeKernel): VectorRows {
  const rows = new VectorRows(
    dim,
    (offset, target) => target.set(data.subarray(offset / 4, offset / 4 + target.length)),
    makeKernel,
  );
  // Two segments, so that the scan crosses a border.
  const count = data.length / dim;
  const first = Math.floor(count / 3);
  rows.add(0, new Uint8Array(first).fill(1));
  rows.add(first * dim * 4, new Uint8Array(count - first).fill(1));
  return rows;
}

function exact(data: Float32Array, dim: number, query: Float32Array, eligible: Uint8Array, limit: number) {
  const all = [];
  for (let row = 0; row < eligible.length; row++) {
    if (eligible[row] !== 1) continue;
    let distance = 0;
    for (let i = 0; i < dim; i++) distance += ((query[i] ?? 0) - (data[row * dim + i] ?? 0)) ** 2;
    all.push({ row, distance });
  }
  return all.sort((a, b) => a.distance - b.distance || a.row - b.row).slice(0, limit);
}

const shapes: Array<readonly [name: string, make: (next: () => number, row: number, i: number) => number]> = [
  ["random", (next) => next()],
  ["clustered", (next, row, i) => Math.sin(i * ((row % 5) + 1)) + next() * 1e-3],
  ["all equal", () => 0.25],
  ["far from the origin", (next) => 1e4 + next()],
  ["mixed magnitudes", (next, row) => next() * 10 ** ((row % 40) - 20)],
];

describe("searchNearest is exact", () => {
  for (const [kernelName, kernel] of [
    ["simd", defaultKernel()],
    ["script", scriptKernel],
  ] as const) {
    for (const [shape, make] of shapes) {
      it(`${shape}, ${kernelName}`, () => {
        for (const [dim, count] of [
          [3, 2500],
          [16, 700],
          [100, 1100],
        ] as const) {
          const next = random(dim * count);
          const data = Float32Array.from({ length: dim * count }, (_, at) =>
            make(next, Math.floor(at / dim), at % dim),
          );
          const rows = rowsOf(data, dim, kernel);
          const everything = new Uint8Array(count).fill(1);
          const some = everything.map((_, row) => (row % 3 === 0 || row > count - 50 ? 1 : 0));
          for (const eligible of [everything, some]) {
            for (const limit of [1, 10, 64]) {
              const query = Float32Array.from({ length: dim }, (_, i) => make(next, limit, i));
              expect(searchNearest(rows, query, eligible, limit)).toEqual(exact(data, dim, query, eligible, limit));
            }
          }
        }
      });
    }
  }

  it("the two kernels multiply alike", () => {
    const [a, b] = [defaultKernel()(48), scriptKernel(48)];
    expect(defaultKernel()).not.toBe(scriptKernel);
    const next = random(7);
    for (const kernel of [a, b]) kernel.reserve(3000);
    const values = Int8Array.from({ length: 48 * 3000 }, () => Math.round(next() * 127));
    const query = Int16Array.from({ length: 48 }, () => Math.round(next() * 32767));
    for (const kernel of [a, b]) {
      kernel.rows.set(values);
      kernel.query.set(query);
    }
    expect([...a.dots(1500, 1024)]).toEqual([...b.dots(1500, 1024)]);
  });

  it("the two kernels quantize alike: what they tell of a row is true, and halves apart they keep the same", () => {
    const next = random(11);
    const shapes: Readonly<Record<string, (at: number) => number>> = {
      random: () => next(),
      tiny: () => next() * 1e-44,
      huge: () => next() * 3e38,
      "one number": (at) => (at === 3 ? -2.5 : 0),
      zeros: () => 0,
      infinite: (at) => (at === 40 ? Number.POSITIVE_INFINITY : 1),
      "no number": (at) => (at === 2 ? Number.NaN : 1),
    };
    const dim = 45;
    for (const [shape, make] of Object.entries(shapes)) {
      const row = Float32Array.from({ length: dim }, (_, at) => make(at));
      const squares = row.reduce((sum, x) => sum + x * x, 0);
      for (const kernel of [defaultKernel()(48), scriptKernel(48)]) {
        kernel.reserve(2);
        kernel.quantize(new Float32Array(dim).fill(9), 1);
        const { scale, norm, lost } = kernel.quantize(row, 1);
        const kept = [...kernel.rows.subarray(48, 96)];
        expect(kernel.rows.subarray(0, 48).every((x) => x === 0)).toBe(true);
        if (!Number.isFinite(squares)) {
          expect({ shape, scale, finite: Number.isFinite(norm), kept: kept.some(Boolean) }).toEqual({
            shape,
            scale: 0,
            finite: false,
            kept: false,
          });
          continue;
        }
        const largest = row.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
        expect(scale).toBe(largest / 127);
        expect(Math.abs(norm - squares)).toBeLessThanOrEqual(1e-13 * squares);
        const steps = [...row].map((x) => (scale === 0 ? 0 : x / scale));
        for (const [i, step] of steps.entries())
          expect(Math.abs((kept[i] ?? 0) - step)).toBeLessThanOrEqual(0.5 + 1e-9);
        const rest = row.reduce((sum, x, i) => sum + (x - (kept[i] ?? 0) * scale) ** 2, 0);
        expect(Math.abs(lost - rest)).toBeLessThanOrEqual(1e-12 * (rest + squares));
      }
    }
  });

  it("keeps rows that are not finite in, last, and takes queries that are not finite", () => {
    const dim = 4;
    const data = Float32Array.from({ length: dim * 600 }, (_, at) => (at === 20 ? Number.POSITIVE_INFINITY : at));
    const rows = rowsOf(data, dim, defaultKernel());
    const eligible = new Uint8Array(600).fill(1);
    const hits = searchNearest(rows, new Float32Array(dim), eligible, 600);
    expect(hits).toHaveLength(600);
    expect(hits.at(-1)).toEqual({ row: 5, distance: Number.POSITIVE_INFINITY });
    const farAway = searchNearest(rows, new Float32Array(dim).fill(Number.POSITIVE_INFINITY), eligible, 600);
    expect(farAway).toHaveLength(599);
    expect(farAway.map((hit) => hit.row)).not.toContain(5);
  });

  it("counts an item that is null as zero", () => {
    const rows = rowsOf(Float32Array.of(1, Number.NaN, 2, 0), 2, defaultKernel());
    expect(searchNearest(rows, Float32Array.of(0, 5), new Uint8Array(2).fill(1), 2)).toEqual([
      { row: 0, distance: 26 },
      { row: 1, distance: 29 },
    ]);
  });

  it("scans rows that are added after a search", () => {
    const dim = 2;
    const data = Float32Array.from({ length: dim * 2000 }, (_, at) => 5000 - at);
    const rows = new VectorRows(
      dim,
      (offset, target) => target.set(data.subarray(offset / 4, offset / 4 + target.length)),
      scriptKernel,
    );
    const nearestTo0 = () => searchNearest(rows, new Float32Array(dim), new Uint8Array(rows.count).fill(1), 1)[0]?.row;
    rows.add(0, new Uint8Array(1000).fill(1));
    expect(nearestTo0()).toBe(999);
    rows.add(8000, new Uint8Array(1000).fill(1));
    expect(nearestTo0()).toBe(1999);
  });
});
