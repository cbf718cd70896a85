import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

export interface Sample {
  readonly at: number;
  /** Megabytes after a collection. */
  readonly heap: number;
  readonly external: number;
  readonly resident: number;
}

export async function sample(at: number): Promise<Sample> {
  // Instances and finalizers go in steps: the second collection sees what the first one freed.
  for (let i = 0; i < 3; i++) {
    collect();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const { heapUsed, external, rss } = process.memoryUsage();
  const mb = (bytes: number) => bytes / 2 ** 20;
  return { at, heap: mb(heapUsed), external: mb(external), resident: mb(rss) };
}

export function printCurve(title: string, samples: readonly Sample[]): void {
  console.log(`\n${title}: MB after collection`);
  console.log("       n    heap  external  resident");
  for (const { at, heap, external, resident } of samples) {
    const cell = (value: number, width: number) => value.toFixed(1).padStart(width);
    console.log(`${String(at).padStart(8)}${cell(heap, 8)}${cell(external, 10)}${cell(resident, 10)}`);
  }
}

/** Growth from the second to the last sample; the first is warm-up (compiled code, caches). */
export function growth(samples: readonly Sample[], key: "heap" | "external" | "resident"): number {
  const [, second] = samples;
  const last = samples.at(-1);
  if (!second || !last) throw new Error("a curve needs at least two samples");
  return last[key] - second[key];
}
