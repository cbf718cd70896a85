/**
 * What the two ends of a wire say to each other beside requests and replies (ops.ts, frames.ts). Everything is
 * structured-cloneable data; errors are {@link ErrorData}.
 * @module
 */
import type {
  Capabilities,
  EngineOptions,
  EntryDescriptor,
  LoadProblem,
  RuntimeEvents,
  StorageOptions,
} from "../contract/contract.ts";
import type { ReplyFrame, RequestFrame } from "./frames.ts";
import type { Outcome } from "./outcome.ts";

/** The registry as the page mirrors it. */
export interface RegistrySnapshot {
  readonly entries: readonly EntryDescriptor[];
  readonly problems: readonly LoadProblem[];
}

export type HostCallbackName =
  | "hostTool"
  | "embed"
  | "llm"
  | "skillManagement"
  | "sqliteProvider"
  | "lancedbProvider"
  | "runProgram"
  | "command"
  | "decide"
  | "fetch";

export type EventMessage = {
  readonly type: "event";
  readonly name: keyof RuntimeEvents;
  readonly event: unknown;
  readonly requestId?: number;
};
/** `capabilities`: those that are others now: the store has moved, another tab leads. */
export type RegistryMessage = {
  readonly type: "registry";
  readonly snapshot: RegistrySnapshot;
  readonly capabilities?: Partial<Capabilities>;
};
/** Asks the page to run a host callback; answered by a {@link CallbackResult} with the same id. */
export type CallbackMessage = {
  readonly type: "callback";
  readonly id: number;
  readonly name: HostCallbackName;
  readonly request: unknown;
  /** Whose call asks; null: code without a skill; absent: the engine. */
  readonly skill?: string | null | undefined;
  /** The request that asks; absent: the engine by itself. */
  readonly requestId?: number;
};
export type CallbackAbort = { readonly type: "callback-abort"; readonly id: number };
export type CallbackResult = { readonly type: "callback-result"; readonly id: number; readonly outcome: Outcome };
/** What a commit of a memory store changed: records to keep for the engine that replaces this one. */
export interface KeptBatch {
  readonly puts: ReadonlyArray<readonly [string, unknown]>;
  readonly deletes: readonly string[];
}
export type KeepMessage = { readonly type: "keep"; readonly batch: KeptBatch };
/** What the code at an engine's end says about itself: it runs (between tabs: it leads); it goes. Who gets `lock` knows that it is gone. */
export type LifeSign = { readonly type: "ready" | "alive" | "left"; readonly lock?: string | undefined };
/**
 * Between tabs: the leader has a request and asks whether to run it. Only what it was told to run can have had effects, so
 * that a follower knows what it may ask the next leader for.
 */
export type Accept = { readonly type: "accept"; readonly id: number };
export type Go = { readonly type: "go"; readonly id: number };

export type ToEngine = RequestFrame | CallbackResult | Go;
/** Posted in order: an event before the reply it belongs to arrives before it. */
export type FromEngine =
  | ReplyFrame
  | EventMessage
  | RegistryMessage
  | CallbackMessage
  | CallbackAbort
  | KeepMessage
  | LifeSign
  | Accept;

/** What `start` gives: engine options plus what the page resolved for the engine's thread. */
export interface EngineStart {
  readonly options: EngineOptions;
  /** Callbacks the page has; the engine treats the others as not registered. */
  readonly callbacks: readonly HostCallbackName[];
  /** With `storage: memory` in a thread that can be ended: what earlier engines of the runtime committed. */
  readonly kept?: ReadonlyArray<readonly [string, unknown]>;
  readonly wasm: {
    readonly lua?: string | BufferSource | WebAssembly.Module;
    readonly sqlite?: string;
    readonly jieba?: string;
  };
}

export interface EngineStarted {
  readonly capabilities: Capabilities;
  readonly snapshot: RegistrySnapshot;
}

/** The methods of an engine's end. In a worker comlink carries them. */
export interface EngineControl {
  /** Boots Lua, opens storage, loads the roots. */
  start(start: EngineStart): Promise<Outcome<EngineStarted>>;
  /** Resolves when the engine has heard it: one that is busy in Lua does not. */
  cancel(id: number): Promise<void>;
  close(): Promise<Outcome<undefined>>;
}

/** First message to a worker, before anything else: the port of its wire, and what Lua needs to boot at once. */
export interface WorkerHello {
  readonly type: "luaskills-hello";
  /** The page owns the store (platforms/page/store-lock.ts): the engine takes no lock. */
  readonly storeHeld?: boolean;
  /** Nobody waits for this engine yet: it has time to rehearse its start, on this storage. */
  readonly spare?: boolean;
  readonly storage?: StorageOptions | undefined;
  readonly wasm: EngineStart["wasm"];
  readonly waiting?: EngineOptions["waiting"];
}
