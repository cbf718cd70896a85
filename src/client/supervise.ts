import type { Runtime, RuntimeOptions } from "../contract/contract.ts";
import type { Limits } from "../limits.ts";
import { registeredCallbacks } from "../wire/host-callbacks.ts";
import type { EngineLink } from "../wire/link.ts";
import type { EngineStart } from "../wire/protocol.ts";
import type { Transport } from "../wire/transport.ts";
import { Emitter } from "./emitter.ts";
import { checkOptions, splitOptions } from "./options.ts";
import { disposable, TransportRuntime } from "./runtime.ts";
import { Supervisor } from "./supervisor.ts";

/** A runtime, and the transport under it for hosts that serve its requests to others. */
export interface SupervisedRuntime {
  readonly runtime: Runtime;
  readonly transport: Transport;
  readonly limits: Limits;
}

/** As {@link SupervisedRuntime}, with what its engines are started with. */
export interface StartedRuntime extends SupervisedRuntime {
  readonly start: EngineStart;
}

/** The runtime over links of any kind; inline hosts use it with an engine of their own thread. `ended` is called once, after the last engine. */
export async function superviseRuntime(
  options: RuntimeOptions,
  wasm: EngineStart["wasm"],
  createLink: (plan: { readonly handshakeMs: number; readonly spare: boolean }) => EngineLink,
  ended: () => void = () => {},
  /** The engine is in another thread: only data goes there. */
  crosses = false,
): Promise<StartedRuntime> {
  await checkOptions(options);
  const split = splitOptions(options);
  const { limits } = split;
  const emitter = new Emitter();
  const { engine, callbacks } =
    options.modules || options.commands || options.security
      ? (await import("./modules.ts")).preparePageModules(split, options, emitter, crosses)
      : split;
  const seeded = options.skills
    ? { ...engine, skills: await (await import("./seeds.ts")).resolveSeeds(options.skills) }
    : engine;
  const start = { options: seeded, callbacks: registeredCallbacks(callbacks), wasm };
  const supervisor = new Supervisor({
    createLink: ({ spare }) => createLink({ handshakeMs: limits.handshakeMs, spare }),
    start,
    callbacks,
    limits,
    warmSpare: options.warmSpare ?? false,
    emit: (event) => emitter.emit(event),
    changed: () => emitter.changed(),
    ended,
  });
  await supervisor.start(options.signal);
  if (options.restore) {
    try {
      await (await import("./storage-jobs.ts")).restoreStore(supervisor, options.restore, options.signal);
    } catch (error) {
      await supervisor.close();
      throw error;
    }
  }
  return {
    runtime: disposable(new TransportRuntime(supervisor, emitter, limits)),
    transport: supervisor,
    limits,
    start,
  };
}
