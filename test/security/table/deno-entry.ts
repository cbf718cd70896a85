/** Runs in Deno: the last line of its output is what was measured, as JSON. */
import process from "node:process";
import type { Runtime } from "../../../src/contract/contract.ts";
import { measure } from "./measure.ts";

declare const Deno: { readonly args: readonly string[] };

const processorTime = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};
const [dist, options = "{}"] = Deno.args;
performance.now = processorTime;
const edge = (await import(`file://${dist}/edge.js`)) as { createEdgeRuntime(options: object): Promise<Runtime> };
const open = (given: object) => edge.createEdgeRuntime({ storage: { kind: "memory" }, ...given });
console.log(JSON.stringify(await measure({ open, now: processorTime, isWallClock: false }, JSON.parse(options))));
