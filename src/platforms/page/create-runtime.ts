import { storageOf } from "../../client/options.ts";
import { superviseRuntime } from "../../client/supervise.ts";
import type { Runtime, RuntimeOptions } from "../../contract/contract.ts";
import type { EngineStart } from "../../wire/protocol.ts";
import { baseAddress } from "./base-address.ts";
import { holdStore, type StoreHold } from "./store-lock.ts";
import { WorkerLink } from "./worker-link.ts";

/**
 * Starts an engine in a worker of its own. Without options its files live in the browser's storage (the log in OPFS, or IndexedDB) and survive
 * reloads.
 *
 * @example
 * const runtime = await createRuntime();
 * const answer = await runtime.runLua("return args.a + 1", { a: 41 });
 *
 * @throws LuaSkillsError `worker_unavailable` | `wasm_unavailable` | `storage_unavailable` | `storage_in_use` |
 * `invalid_argument` (an option, by name) | `aborted`
 */
export async function createRuntime(options: RuntimeOptions = {}): Promise<Runtime> {
  const wasm = resolveWasm(options.wasm);
  const { workerUrl, worker, waiting, storage, signal } = options;
  let hold: StoreHold | undefined;
  const { runtime } = await superviseRuntime(
    options,
    wasm,
    ({ handshakeMs, spare }) => {
      hold ??= holdStore(storageOf(storage), signal);
      return new WorkerLink({ workerUrl, worker, wasm, waiting, handshakeMs, spare, storeHeld: hold.held });
    },
    () => hold?.release(),
    true,
  );
  return runtime;
}

/** What is relative to the page must become absolute on the page; a URL object does not cross to a worker. */
function resolveWasm(wasm: RuntimeOptions["wasm"] = {}): EngineStart["wasm"] {
  const absolute = (at: string | URL) => new URL(at, baseAddress()).href;
  const { lua, sqlite, jieba } = wasm;
  return {
    ...(lua === undefined ? {} : { lua: typeof lua === "string" || lua instanceof URL ? absolute(lua) : lua }),
    ...(sqlite === undefined ? {} : { sqlite: absolute(sqlite) }),
    ...(jieba === undefined ? {} : { jieba: absolute(jieba) }),
  };
}
