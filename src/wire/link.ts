/**
 * What the runtime facade needs from wherever its engine lives. The facade cannot tell a worker from an engine in its
 * own thread or on another machine.
 * @module
 */
import type { Capabilities, RuntimeEvents } from "../contract/contract.ts";
import type { LuaSkillsError } from "../errors.ts";
import type {
  EngineEndpoint,
  EnginePort,
  EngineReplies,
  EngineRequest,
  EngineStart,
  Outcome,
  RegistrySnapshot,
} from "./protocol.ts";

/** One event with its name, as it came from the engine. */
export type EngineEvent = {
  [K in keyof RuntimeEvents]: { readonly name: K; readonly event: RuntimeEvents[K] };
}[keyof RuntimeEvents];

export interface RequestOptions {
  readonly signal?: AbortSignal;
  /** Hears the events of this request, all of them before its reply. */
  readonly onEvent?: (event: EngineEvent) => void;
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

/** The thread of one engine and the way to it: what a supervisor starts, terminates and replaces. */
export interface EngineLink {
  readonly port: EnginePort;
  /** Resolves when the engine's code runs there. Rejects with `worker_unavailable`. */
  readonly ready: Promise<void>;
  /** Resolves when the engine is gone: with why it died, or with the reason it was terminated for. */
  readonly died: Promise<LuaSkillsError>;
  /** False when the engine shares our thread: nothing can stop it from outside. */
  readonly terminable: boolean;
  start(start: EngineStart): ReturnType<EngineEndpoint["start"]>;
  request(id: number, request: EngineRequest): Promise<Outcome>;
  /** Resolves when the engine has heard it: an engine that is busy in Lua does not. */
  cancel(id: number): Promise<void>;
  close(): Promise<Outcome<undefined>>;
  /** Idempotent. */
  terminate(reason: LuaSkillsError): void;
}
