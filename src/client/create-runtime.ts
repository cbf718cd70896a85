import type { Runtime, RuntimeOptions } from "../contract.ts";
import type { EngineStart } from "../protocol.ts";
import { Emitter } from "./emitter.ts";
import { registeredCallbacks } from "./host-callbacks.ts";
import { disposable, TransportRuntime } from "./runtime.ts";
import { splitOptions } from "./runtime-options.ts";
import { holdStore, type StoreHold } from "./store-lock.ts";
import { Supervisor } from "./supervisor.ts";
import type { EngineLink, Transport } from "./transport.ts";
import { WorkerLink } from "./worker-transport.ts";

/**
 * Starts an engine in a worker of its own. Without options its files live in IndexedDB and survive reloads.
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
      hold ??= holdStore(storage, signal);
      return new WorkerLink({ workerUrl, worker, wasm, waiting, handshakeMs, spare, storeHeld: hold.held });
    },
    () => hold?.release(),
  );
  return runtime;
}

/** A runtime, and the transport under it for hosts that serve its requests to others. */
export interface SupervisedRuntime {
  readonly runtime: Runtime;
  readonly transport: Transport;
}

/** The runtime over links of any kind; inline hosts use it with an engine of their own thread. `ended` is called once, after the last engine. */
export async function superviseRuntime(
  options: RuntimeOptions,
  wasm: EngineStart["wasm"],
  createLink: (plan: { readonly handshakeMs: number; readonly spare: boolean }) => EngineLink,
  ended: () => void = () => {},
): Promise<SupervisedRuntime> {
  const { engine, callbacks, limits } = splitOptions(options);
  const emitter = new Emitter();
  const supervisor = new Supervisor({
    createLink: ({ spare }) => createLink({ handshakeMs: limits.handshakeMs, spare }),
    start: { options: engine, callbacks: registeredCallbacks(callbacks), wasm },
    callbacks,
    limits,
    warmSpare: options.warmSpare ?? false,
    emit: (event) => emitter.emit(event),
    ended,
  });
  await supervisor.start(options.signal);
  return { runtime: disposable(new TransportRuntime(supervisor, emitter, limits)), transport: supervisor };
}

/** What is relative to the page must become absolute on the page; a URL object does not cross to a worker. */
function resolveWasm(wasm: RuntimeOptions["wasm"] = {}): EngineStart["wasm"] {
  const absolute = (at: string | URL) => new URL(at, document.baseURI).href;
  const { lua, sqlite, jieba } = wasm;
  return {
    ...(lua === undefined ? {} : { lua: typeof lua === "string" || lua instanceof URL ? absolute(lua) : lua }),
    ...(sqlite === undefined ? {} : { sqlite: absolute(sqlite) }),
    ...(jieba === undefined ? {} : { jieba: absolute(jieba) }),
  };
}
