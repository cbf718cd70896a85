/** Runs of a loop that are measured together: long enough to see the other programs of a machine, which take turns of 3-30 ms. */
const pieces = 15;

/** How much slower than at its best this thread goes at the moment: other programs have the processor meanwhile. */
export class Pace {
  #bestMs = Number.POSITIVE_INFINITY;

  constructor() {
    this.slowness();
  }

  /** 1 on a machine that does nothing else. Takes about 30 ms there. */
  slowness(): number {
    const from = performance.now();
    for (let i = 0; i < pieces; i++) this.#bestMs = Math.min(this.#bestMs, pieceMs());
    return Math.max(1, (performance.now() - from) / (pieces * this.#bestMs));
  }
}

/** Milliseconds this machine takes at the moment to hand out so much memory and to write it once. */
export function fillMs(bytes: number): number {
  const from = performance.now();
  const memory = new WebAssembly.Memory({ initial: Math.ceil(bytes / 65_536) });
  new Uint8Array(memory.buffer).fill(1);
  return performance.now() - from;
}

/** Milliseconds; about 2. */
function pieceMs(): number {
  const from = performance.now();
  let sum = 0;
  for (let i = 0; i < 2_000_000; i++) sum = (sum + i * 7) | 0;
  // Its result is used, so that no engine leaves the loop out.
  return Math.max(0.1, performance.now() - from) + (sum === 1 ? 1 : 0);
}
