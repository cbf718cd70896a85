import type { Runtime, RuntimeOptions } from "../contract/contract.ts";
import { registeredCallbacks } from "../wire/host-callbacks.ts";
import type { EngineLink, Transport } from "../wire/link.ts";
import type { EngineStart } from "../wire/protocol.ts";
import { Emitter } from "./emitter.ts";
import { splitOptions } from "./options.ts";
import { disposable, TransportRuntime } from "./runtime.ts";
import { Supervisor } from "./supervisor.ts";

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
