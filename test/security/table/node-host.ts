/** The built package in this process. What else the machine does changes nothing: the engine's clock is processor time, too. */
import { readFile } from "node:fs/promises";
import path from "node:path";
import { pathToFileURL } from "node:url";
import type { Runtime } from "../../../src/contract/contract.ts";
import { type Measured, type MeasureOptions, measure } from "./measure.ts";
import { processorTimeOfThread } from "./processor-time.ts";

export const clock = "processor time of the thread";

export async function measureHere(options: MeasureOptions): Promise<Measured[]> {
  const file = path.resolve("dist", "edge.js");
  await readFile(file).catch(() => {
    throw new Error("dist is empty: npm run build");
  });
  const now = processorTimeOfThread();
  performance.now = now;
  const edge = (await import(pathToFileURL(file).href)) as { createEdgeRuntime(options: object): Promise<Runtime> };
  const open = (options: object) => edge.createEdgeRuntime({ storage: { kind: "memory" }, ...options });
  return measure({ open, now, isWallClock: false }, options);
}
