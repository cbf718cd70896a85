/**
 * The script of the engine worker, and `luaskills-wasm/worker-kit`: imported by a worker of your own it serves an engine
 * with your modules in it. Everything it does can be used without a worker, too: src/platforms/page/worker-engine.ts.
 *
 * @example
 * import { serveEngine } from "luaskills-wasm/worker-kit";
 * import { geo } from "./geo.ts";
 * serveEngine({ modules: [geo] });
 *
 * @module
 */
import type { ModuleObject } from "../src/contract/contract.ts";
import { LuaSkillsError } from "../src/errors.ts";
import { browserEngine } from "../src/platforms/page/worker-engine.ts";
import { serveWorker } from "../src/wire/serve-worker.ts";

let own: readonly ModuleObject[] | undefined;
let served = false;

serveWorker((hello) => {
  served = true;
  return browserEngine(hello, own);
});

/**
 * Gives the engine of this worker modules made with `defineModule`. Call it while the worker's script runs, before
 * anything is awaited.
 * @throws LuaSkillsError `invalid_argument` when the engine has been asked for already
 */
export function serveEngine({ modules }: { readonly modules?: readonly ModuleObject[] } = {}): void {
  if (served)
    throw new LuaSkillsError("invalid_argument", "serveEngine comes too late: call it before anything is awaited");
  own = modules;
}
