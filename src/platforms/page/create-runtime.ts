import type { Runtime, RuntimeOptions } from "../../contract/contract.ts";
import { luaBeside } from "./lua-beside.ts";
import { startRuntime } from "./start-runtime.ts";
import { WorkerLink } from "./worker-link.ts";

/**
 * Starts an engine in a worker of its own, or uses the engine of the tab that has opened the store. Without options its files
 * live in the browser's storage (the log in OPFS, or IndexedDB) and survive reloads.
 *
 * @example
 * const runtime = await createRuntime();
 * const answer = await runtime.runLua("return args.a + 1", { a: 41 });
 *
 * @throws LuaSkillsError `worker_unavailable` | `wasm_unavailable` | `storage_unavailable` | `storage_in_use` |
 * `options_differ` | `invalid_argument` (an option, by name) | `aborted`
 */
export function createRuntime(options: RuntimeOptions = {}): Promise<Runtime> {
  const { workerUrl, worker } = options;
  const luaFor = luaBeside({ workerUrl, worker });
  return startRuntime(options, (plan) => new WorkerLink({ workerUrl, worker, luaFor, ...plan }), true);
}
