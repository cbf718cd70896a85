/** The script of an engine thread in Node: `createNodeRuntime({ thread: true })`. */
import { parentPort, workerData } from "node:worker_threads";
import { type NodeEnginePlan, nodeEngine } from "../src/platforms/node/node.ts";
import { serveWorker } from "../src/wire/serve-worker.ts";

if (!parentPort) throw new Error("node-thread.js is started by luaskills-wasm as a worker thread, not by hand");
const port = parentPort;
const heard = new Map<unknown, (data: unknown) => void>();

serveWorker(() => nodeEngine(workerData as NodeEnginePlan), {
  addEventListener: (_type, listener) => {
    const hear = (data: unknown) => listener({ data: data as never });
    heard.set(listener, hear);
    port.on("message", hear);
  },
  removeEventListener: (_type, listener) => {
    const hear = heard.get(listener);
    if (hear) port.off("message", hear);
  },
});
