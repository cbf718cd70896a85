/**
 * What a page (or an inline host) and an engine say to each other: one union of requests, one of messages. Everything is
 * structured-cloneable data; errors are {@link ErrorData}. `client` speaks one side, `engine` the other.
 * @module
 */
import type {
  CallResult,
  Capabilities,
  DatabaseInfo,
  EngineOptions,
  EntryDescriptor,
  FileStat,
  InstallSource,
  InvocationContext,
  Json,
  JsonObject,
  LoadProblem,
  RuntimeEvents,
  SkillRoot,
  SqlResult,
  SqlTable,
  SqlValue,
  VectorPage,
  VectorRowsOptions,
  VectorSearch,
  VectorTable,
} from "../contract/contract.ts";
import type { ErrorData } from "../errors.ts";

export type EngineRequest =
  | {
      readonly op: "call";
      readonly name: string;
      readonly args: JsonObject;
      readonly context?: InvocationContext;
      readonly timeoutMs?: number;
    }
  | {
      readonly op: "runLua";
      readonly code: string;
      readonly args: Json;
      readonly context?: InvocationContext;
      readonly timeoutMs?: number;
    }
  | { readonly op: "luaexec"; readonly request: JsonObject }
  | { readonly op: "help"; readonly skillId?: string; readonly flow?: string }
  | { readonly op: "json"; readonly method: string; readonly params: JsonObject }
  | { readonly op: "flush" }
  | {
      readonly op: "skills.install" | "skills.update";
      readonly source: InstallSource;
      readonly targetRoot?: SkillRoot;
      readonly authority?: string;
    }
  | {
      readonly op: "skills.uninstall";
      readonly skillId: string;
      readonly removeSqlite?: boolean;
      readonly removeLancedb?: boolean;
      readonly targetRoot?: SkillRoot;
      readonly authority?: string;
    }
  | { readonly op: "skills.enable" | "skills.disable"; readonly skillId: string; readonly reason?: string }
  | { readonly op: "skills.reload"; readonly roots?: readonly SkillRoot[] }
  | { readonly op: "config.get" | "config.delete"; readonly skillId: string; readonly key: string }
  | { readonly op: "config.set"; readonly skillId: string; readonly key: string; readonly value: string }
  | { readonly op: "config.list"; readonly skillId?: string }
  | { readonly op: "databases.list" }
  | ({ readonly op: "sqlite.tables" | "sqlite.export" } & DatabaseName)
  | ({ readonly op: "sqlite.import"; readonly bytes: Uint8Array } & DatabaseName)
  | ({
      readonly op: "sqlite.query";
      readonly sql: string;
      readonly params?: ReadonlyArray<SqlValue | boolean>;
      readonly maxRows?: number;
    } & DatabaseName)
  | ({ readonly op: "lancedb.tables" | "lancedb.export" } & DatabaseName)
  | ({ readonly op: "lancedb.import"; readonly bytes: Uint8Array } & DatabaseName)
  | ({ readonly op: "lancedb.rows"; readonly table: string; readonly options?: VectorRowsOptions } & DatabaseName)
  | ({ readonly op: "lancedb.search"; readonly search: VectorSearch } & DatabaseName)
  | { readonly op: "fs.read" | "fs.stat" | "fs.list" | "fs.mkdir" | "fs.exportZip"; readonly path: string }
  | { readonly op: "fs.write"; readonly path: string; readonly content: Uint8Array }
  | { readonly op: "fs.remove"; readonly path: string; readonly recursive?: boolean }
  | { readonly op: "fs.rename"; readonly from: string; readonly to: string }
  | { readonly op: "fs.importZip"; readonly path: string; readonly zip: Uint8Array };

/** `rootName` where the id alone would not say which. */
export interface DatabaseName {
  readonly skillId: string;
  readonly rootName?: string;
}

/** What each request resolves to. */
export interface EngineReplies {
  call: CallResult;
  runLua: Json;
  luaexec: string;
  help: Json;
  json: JsonObject;
  flush: undefined;
  "skills.install": JsonObject;
  "skills.update": JsonObject;
  "skills.uninstall": JsonObject;
  "skills.enable": undefined;
  "skills.disable": undefined;
  "skills.reload": undefined;
  "config.get": string | null;
  "config.set": undefined;
  "config.delete": boolean;
  "config.list": Array<{ skill_id: string; key: string; value: string }>;
  "databases.list": DatabaseInfo[];
  "sqlite.tables": SqlTable[];
  "sqlite.query": SqlResult;
  "sqlite.export": Uint8Array;
  "sqlite.import": undefined;
  "lancedb.tables": VectorTable[];
  "lancedb.rows": VectorPage;
  "lancedb.search": VectorPage;
  "lancedb.export": Uint8Array;
  "lancedb.import": undefined;
  "fs.read": Uint8Array;
  "fs.stat": FileStat | undefined;
  "fs.list": string[];
  "fs.mkdir": undefined;
  "fs.write": undefined;
  "fs.remove": boolean;
  "fs.rename": undefined;
  "fs.importZip": { files: number };
  "fs.exportZip": Uint8Array;
}

export type Outcome<T = unknown> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: ErrorData };

/** The registry as the page mirrors it. */
export interface RegistrySnapshot {
  readonly entries: readonly EntryDescriptor[];
  readonly problems: readonly LoadProblem[];
}

/** Engine → page, over the one event port. */
export type EngineMessage =
  | { readonly type: "event"; readonly name: keyof RuntimeEvents; readonly event: unknown; readonly requestId?: number }
  | { readonly type: "registry"; readonly snapshot: RegistrySnapshot }
  /** Asks the page to run a host callback; answered by a {@link PageMessage} with the same id. */
  | { readonly type: "callback"; readonly id: number; readonly name: HostCallbackName; readonly request: unknown }
  | { readonly type: "callback-abort"; readonly id: number };

/** Page → engine, over the same port. */
export type PageMessage = { readonly type: "callback-result"; readonly id: number; readonly outcome: Outcome };

export type HostCallbackName =
  | "hostTool"
  | "embed"
  | "llm"
  | "skillManagement"
  | "sqliteProvider"
  | "lancedbProvider"
  | "fetch";

/** What `start` posts: engine options plus what the page resolved for the worker. */
export interface EngineStart {
  readonly options: EngineOptions;
  /** Callbacks the page has; the engine treats the others as not registered. */
  readonly callbacks: readonly HostCallbackName[];
  readonly wasm: {
    readonly lua?: string | BufferSource | WebAssembly.Module;
    readonly sqlite?: string;
    readonly jieba?: string;
  };
}

/** The part of a MessagePort both sides use. Inline hosts have a pair that needs no platform channel (client/local-port.ts). */
export interface EnginePort {
  postMessage(message: EngineMessage | PageMessage): void;
  addEventListener(type: "message", listener: (event: { readonly data: unknown }) => void): void;
  removeEventListener(type: "message", listener: (event: { readonly data: unknown }) => void): void;
  /** A platform's MessagePort delivers nothing before it. */
  start?(): void;
  close?(): void;
}

/** The object a worker exposes through comlink, and inline hosts use directly. */
export interface EngineEndpoint {
  /**
   * Boots Lua, opens storage, loads the roots. Events and callbacks go through `port`; in a worker that is the port
   * comlink answers on, so an event posted before a reply arrives before it.
   */
  start(
    start: EngineStart,
    port: EnginePort,
  ): Promise<Outcome<{ capabilities: Capabilities; snapshot: RegistrySnapshot }>>;
  request(id: number, request: EngineRequest): Promise<Outcome>;
  cancel(id: number): void;
  close(): Promise<Outcome<undefined>>;
}

/** First message to a worker, before anything else: the port comlink and the events use, and what Lua needs to boot at once. */
export interface WorkerHello {
  readonly type: "luaskills-hello";
  /** Name of a Web Lock the worker holds while it lives, so that the page hears of a silent death. */
  readonly lifeLock: string;
  /** The page owns the store (client/store-lock.ts): the engine takes no lock. */
  readonly storeHeld?: boolean;
  /** Nobody waits for this engine yet: it has time to rehearse its start. */
  readonly spare?: boolean;
  readonly wasm: EngineStart["wasm"];
  readonly waiting?: EngineOptions["waiting"];
}

/** What a worker says about itself on the port, outside comlink. */
export type WorkerNews =
  /** Its code runs. */
  | { readonly type: "luaskills-ready" }
  /** It holds the life lock. */
  | { readonly type: "luaskills-alive" };

/**
 * What a worker exposes through comlink: the port of `start` is the one it already answers on, where requests come as
 * frames (frames.ts).
 */
export interface WorkerEndpoint extends Omit<EngineEndpoint, "start" | "request"> {
  start(start: EngineStart): ReturnType<EngineEndpoint["start"]>;
}
