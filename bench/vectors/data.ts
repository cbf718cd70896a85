/** Unit vectors in clusters, as embeddings are: the same every run. */
export function clustered(count: number, dim: number, clusters = 50): Float32Array {
  const next = random(count * 31 + dim);
  const centres = Float32Array.from({ length: clusters * dim }, () => next());
  const out = new Float32Array(count * dim);
  for (let row = 0; row < count; row++) {
    const centre = Math.floor(((next() + 1) / 2) * clusters) * dim;
    for (let i = 0; i < dim; i++) out[row * dim + i] = (centres[centre + i] ?? 0) + next() * 0.6;
    normalize(out.subarray(row * dim, (row + 1) * dim));
  }
  return out;
}

/** Queries near the data: rows with some noise. */
export function queriesNear(data: Float32Array, dim: number, count: number): Float32Array[] {
  const next = random(dim);
  const rows = data.length / dim;
  return Array.from({ length: count }, (_, i) => {
    const from = Math.floor((i / count) * rows) * dim;
    const query = data.slice(from, from + dim).map((x) => x + next() * 0.02);
    normalize(query);
    return query;
  });
}

/** The answer by definition: every distance, in plain JavaScript, four at a time. */
export function plainSearch(data: Float32Array, dim: number, query: Float32Array, limit: number): number[] {
  const best: Array<{ row: number; distance: number }> = [];
  for (let row = 0, at = 0; at < data.length; row++, at += dim) {
    let [a, b, c, d] = [0, 0, 0, 0];
    for (let i = 0; i < dim; i += 4) {
      a += ((query[i] ?? 0) - (data[at + i] ?? 0)) ** 2;
      b += ((query[i + 1] ?? 0) - (data[at + i + 1] ?? 0)) ** 2;
      c += ((query[i + 2] ?? 0) - (data[at + i + 2] ?? 0)) ** 2;
      d += ((query[i + 3] ?? 0) - (data[at + i + 3] ?? 0)) ** 2;
    }
    const distance = a + b + c + d;
    if (best.length === limit && distance >= (best[limit - 1]?.distance ?? 0)) continue;
    const place = best.findIndex((other) => other.distance > distance);
    best.splice(place === -1 ? best.length : place, 0, { row, distance });
    if (best.length > limit) best.pop();
  }
  return best.map(({ row }) => row);
}

function normalize(vector: Float32Array): void {
  const length = Math.sqrt(vector.reduce((sum, x) => sum + x * x, 0)) || 1;
  for (let i = 0; i < vector.length; i++) vector[i] = (vector[i] ?? 0) / length;
}

function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  };
}
