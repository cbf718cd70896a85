/** Runs in Deno: the last line of its output is what was measured, as JSON. */
import type { Runtime } from "../../../src/contract/contract.ts";
import { measure } from "./measure.ts";
import { processorTimeOfThread } from "./processor-time.ts";

declare const Deno: { readonly args: readonly string[] };

const [dist, options = "{}"] = Deno.args;
const now = processorTimeOfThread();
performance.now = now;
const edge = (await import(`file://${dist}/edge.js`)) as { createEdgeRuntime(options: object): Promise<Runtime> };
const open = (given: object) => edge.createEdgeRuntime({ storage: { kind: "memory" }, ...given });
console.log(JSON.stringify(await measure({ open, now, isWallClock: false }, JSON.parse(options))));
