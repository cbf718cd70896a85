/** Sizes of a pool of VMs, normalised (spec engine.md §1.7). */
export interface NormalPool {
  readonly minSize: number;
  readonly maxSize: number;
  readonly idleTtlSecs: number;
}

/** min ≥ 1, max ≥ min, idle ≥ 1 (§1.7). */
export function normalPool(pool: NormalPool): NormalPool {
  const minSize = Math.max(1, pool.minSize);
  return { minSize, maxSize: Math.max(minSize, pool.maxSize), idleTtlSecs: Math.max(1, pool.idleTtlSecs) };
}
