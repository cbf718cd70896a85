/**
 * The script of an engine thread in Node: `createNodeRuntime({ thread: true })`. In Node it is
 * `luaskills-wasm/worker-kit`, too: a script of your own that imports it is given as `thread: new URL("./engine.js", …)`.
 * @module
 */
import { parentPort, type TransferListItem, workerData } from "node:worker_threads";
import type { ModuleObject } from "../src/contract/contract.ts";
import { LuaSkillsError } from "../src/errors.ts";
import { type NodeEnginePlan, nodeEngine } from "../src/platforms/node/node.ts";
import { serveWorker } from "../src/wire/serve-worker.ts";

if (!parentPort) throw new Error("luaskills-wasm starts this script as a worker thread; by hand it does nothing");
const port = parentPort;
const heard = new Map<unknown, (data: unknown) => void>();
let own: readonly ModuleObject[] | undefined;
let served = false;

serveWorker(
  () => {
    served = true;
    return nodeEngine(workerData as NodeEnginePlan, own);
  },
  {
    postMessage: (message, transfer) => port.postMessage(message, transfer as readonly TransferListItem[]),
    addEventListener: (_type, listener) => {
      const hear = (data: unknown) => listener({ data: data as never });
      heard.set(listener, hear);
      port.on("message", hear);
    },
    removeEventListener: (_type, listener) => {
      const hear = heard.get(listener);
      if (hear) port.off("message", hear);
    },
  },
);

/** As in a page's worker: gives the engine of this thread modules made with `defineModule`. @throws LuaSkillsError `invalid_argument` when it comes too late */
export function serveEngine({ modules }: { readonly modules?: readonly ModuleObject[] } = {}): void {
  if (served)
    throw new LuaSkillsError("invalid_argument", "serveEngine comes too late: call it before anything is awaited");
  own = modules;
}
