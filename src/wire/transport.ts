/**
 * What the runtime facade needs from wherever its engine lives. The facade cannot tell a worker from an engine in its
 * own thread or on another machine.
 * @module
 */
import type { Capabilities, HostCallbacks, RuntimeEvents } from "../contract/contract.ts";
import type { EngineReplies, EngineRequest } from "./ops.ts";
import type { RegistrySnapshot } from "./protocol.ts";

/** One event with its name, as it came from the engine. */
export type EngineEvent = {
  [K in keyof RuntimeEvents]: { readonly name: K; readonly event: RuntimeEvents[K] };
}[keyof RuntimeEvents];

export interface RequestOptions {
  readonly signal?: AbortSignal;
  /** Hears the events of this request, all of them before its reply. */
  readonly onEvent?: (event: EngineEvent) => void;
  /** Asked instead of the host's own for what this request needs: it is somebody else's. */
  readonly callbacks?: HostCallbacks;
}

export interface Transport {
  readonly capabilities: Capabilities;
  /** The registry as the engine last announced it. */
  snapshot(): RegistrySnapshot;
  /** @throws LuaSkillsError */
  request<R extends EngineRequest>(request: R, options?: RequestOptions): Promise<EngineReplies[R["op"]]>;
  /** Idempotent. Requests in flight fail with `runtime_closed`. */
  close(): Promise<void>;
}
