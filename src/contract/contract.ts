/// <reference lib="esnext.disposable" preserve="true" />
/**
 * The whole public contract: what `createRuntime` takes and gives. The engine implements it in the worker (or inline),
 * the client proxies it on the page, a remote client over HTTP. Nothing here has behaviour.
 * @module
 */

import type { ErrorData, LuaSkillsErrorCode } from "../errors.ts";
import type { Limits } from "../limits.ts";
import type { RuntimeDatabases } from "./databases.ts";
import type { RuntimeFs } from "./files.ts";
import type { InvocationContext } from "./invocation.ts";
import type { Json, JsonInput, JsonObject } from "./json.ts";
import type {
  AuditEvent,
  ModuleRunOptions,
  ModuleSource,
  PageCommand,
  SecurityOptions,
  StoreOptions,
} from "./modules.ts";
import type { NetworkGrant, SecretOptions } from "./network.ts";
import type { DecisionAnswer, DecisionEvent, DecisionRequest, Grants, RuntimeGrants } from "./policy.ts";
import type { ProcessOptions, ProgramRequest, ProgramResult, ShellOptions, ShellResult } from "./process.ts";
import type {
  CallProgress,
  EntryParameter,
  HelpPage,
  HelpTree,
  LifecycleEvent,
  LogEvent,
  ProgressEvent,
  RegistryEvent,
  ToolInputSchema,
} from "./results.ts";
import type { RuntimeSession, SessionOptions } from "./session.ts";
import type { RuntimeConfig, RuntimeSkills, SeedPackage, SkillRoot, SkillSeeds } from "./skills.ts";
import type {
  RestoreSource,
  RuntimeStorage,
  SqliteOptions,
  StorageJobOptions,
  StorageOptions,
  StorageReport,
  StorageShorthand,
} from "./storage.ts";

export type * from "./databases.ts";
export type * from "./files.ts";
export type * from "./invocation.ts";
export type * from "./json.ts";
export type * from "./modules.ts";
export type * from "./network.ts";
export type * from "./policy.ts";
export type * from "./process.ts";
export type * from "./results.ts";
export type * from "./session.ts";
export type * from "./skills.ts";
export type * from "./storage.ts";
export type * from "./usage.ts";

import type { Usage } from "./usage.ts";

// ── options ────────────────────────────────────────────────────────────────────────────────────────────────────────

export interface PoolConfig {
  readonly min_size: number;
  readonly max_size: number;
  readonly idle_ttl_secs: number;
}

/** Everything that decides how the engine behaves; structured-cloneable, so it can be posted to a worker. */
export interface EngineOptions {
  readonly storage?: StorageOptions;
  readonly sqlite?: SqliteOptions;
  /** Where everything lives in the virtual filesystem. Default `/runtime`. */
  readonly runtimeRoot?: string;
  /** Default: one ROOT root at `<runtimeRoot>/skills`, plus USER at `<runtimeRoot>/user/skills`… only when listed. */
  readonly roots?: readonly SkillRoot[];
  /** `LuaRuntimeHostOptions` exactly as the native engine takes them (spec engine.md §1.2), snake_case. */
  readonly hostOptions?: Readonly<Record<string, unknown>>;
  readonly pool?: Partial<PoolConfig>;
  /** Default "skill". */
  readonly isolation?: "skill" | "shared";
  /** Default "isolate". */
  readonly loadPolicy?: "isolate" | "manifest-strict" | "strict";
  /** Default "formal". */
  readonly rootChainPolicy?: "formal" | "open";
  /** Default "strict". */
  readonly dependencyPolicy?: "strict" | "lenient";
  /** Default true: an install or update whose own skill does not load is rolled back. */
  readonly verifyOnInstall?: boolean;
  /** Default "strict": a call resolves after its writes are durable. */
  readonly durability?: "strict" | "relaxed";
  readonly waiting?: WaitingStrategy;
  readonly limits?: Partial<Limits>;
  /** Environment variables Lua sees through os.getenv. Default none. */
  readonly env?: Readonly<Record<string, string>>;
  /** What vulcan.os.info() says. Default linux / wasm32. */
  readonly os?: { readonly os: string; readonly arch: string };
  /**
   * Addresses that Lua code may reach with `socket.http`, `ssl.https` and `lcurl` (docs/lua-packages.md): URL prefixes or rules by
   * skill id, `"*"` for everybody; `true` is any public address. Redirects are held against them. Default nobody.
   */
  readonly network?: Readonly<Record<string, NetworkGrant>>;
  /** Secrets that Lua uses and never sees, by name: the gate puts them in, for their hosts only (docs/security.md). */
  readonly secrets?: Readonly<Record<string, SecretOptions>>;
  /**
   * Whether `require("ffi")` finds LuaJIT's FFI library (docs/ffi.md). Without a bridge it has everything but libraries:
   * a package that takes its presence for native code, and has another way without it, wants `false`. Default true.
   */
  readonly ffi?: boolean;
  /** `RuntimeOptions.skills` as data. */
  readonly skills?: readonly SeedPackage[];
  /** Load the roots while starting. Default true. */
  readonly load?: boolean;
  /** Current directory of Lua. Default the runtime root. */
  readonly cwd?: string;
  /** What runs the programs of `vulcan.process`, `io.popen` and `os.execute`. Default nothing, or `runProgram` when it is given. */
  readonly process?: ProcessOptions;
  /**
   * Host modules that code may be granted: built-in ones by name (`"json"`), plain JavaScript by address (`{ url }`), what
   * `defineModule` made where the engine runs in this thread. In a page's worker module objects come with a worker of
   * your own (`serveEngine`). A runtime that names none loads nothing of it.
   */
  readonly modules?: readonly ModuleSource[];
  /** Settings of single modules by their names, as plain data; what a module takes its own page says. */
  readonly moduleOptions?: Readonly<Record<string, unknown>>;
  /** What each skill may touch: by skill id, `"*"` for everybody. A list names host modules and is short for `{ modules }`. */
  readonly grants?: Grants;
  /** Which decisions become events: refusals (default), or all. */
  readonly decisions?: "denied" | "all";
  /** Who acts under which policies when modules ask for permission. Without it strict mode denies every checked action. */
  readonly security?: SecurityOptions & { readonly audit?: boolean | ((event: AuditEvent) => void) };
  /** What the module `store` finds: `{ "app:main": { kind: "vfs", path: "/runtime/state/main.json" } }`. */
  readonly stores?: Readonly<Record<string, StoreOptions>>;
}

/** Functions the host lends to skills; they may be async and look synchronous to Lua. `signal` aborts with the call. */
export interface HostCallbacks {
  /** Behind `vulcan.host.*` (spec engine.md §12.4): answers `list`, `has` and `call`. */
  readonly hostTool?: (
    request: { action: "list" | "has" | "call"; tool_name: string | null; args: JsonObject },
    context: CallbackContext,
  ) => Json | Promise<Json>;
  /** Behind `vulcan.models.embed` (§12.5). Throw `ModelError`-shaped `{ code, message, … }` or answer `{ ok: false, error }`. */
  readonly embed?: (request: { text: string; caller: JsonObject }, context: CallbackContext) => Json | Promise<Json>;
  readonly llm?: (
    request: { system: string; user: string; caller: JsonObject },
    context: CallbackContext,
  ) => Json | Promise<Json>;
  /** Behind `vulcan.runtime.skills.*` (§12.3). */
  readonly skillManagement?: (
    request: { action: string; authority: string; input: Json },
    context: CallbackContext,
  ) => Json | Promise<Json>;
  /** Database providers in `host_callback` mode (spec databases.md §15). */
  readonly sqliteProvider?: (request: JsonObject, context: CallbackContext) => Json | Promise<Json>;
  readonly lancedbProvider?: (request: JsonObject, context: CallbackContext) => Json | Promise<Json>;
  /** Answers what `grants` say to ask. Without it, and when it throws, the answer is "deny". */
  readonly decide?: (request: DecisionRequest, context: CallbackContext) => DecisionAnswer | Promise<DecisionAnswer>;
  /** Runs the programs of skills; without the option `process`. Throw to say why one could not be started. */
  readonly runProgram?: (request: ProgramRequest, context: CallbackContext) => ProgramResult | Promise<ProgramResult>;
  /** Behind the `commands` of the options. */
  readonly command?: (request: { name: string; payload: unknown }, context: CallbackContext) => unknown;
  /** The engine's network. Default: the platform's `fetch`. */
  readonly fetch?: (
    url: string,
    init: {
      method: string;
      headers: Record<string, string>;
      body?: Uint8Array;
      signal?: AbortSignal;
      /** Redirects are answers like any other: the engine follows them, or does not. */
      redirect?: "manual";
    },
  ) => Promise<{ status: number; headers: Record<string, string>; body: Uint8Array; url?: string }>;
}
export interface CallbackContext {
  /** The skill that asks, as the engine knows it: Lua cannot choose it. Null: code without a skill. Absent: the engine itself. */
  readonly skill?: string | null;
  readonly signal: AbortSignal;
}

/** A tool map for people who do not want to write the `hostTool` protocol by hand. */
export type HostTools = Readonly<Record<string, (args: JsonObject, context: CallbackContext) => Json | Promise<Json>>>;

export interface RuntimeOptions extends Omit<EngineOptions, "storage" | "skills">, HostCallbacks {
  /**
   * Packages that come with the page: put into their root at the start, before it is loaded, also when an engine is replaced. One that is
   * there with the same files, or in a newer version, stays; any other is replaced. They go to the first `readOnly` root, else to the first.
   */
  readonly skills?: SkillSeeds;
  /** Where files live. A kind alone is short for `{ kind }`: `storage: "memory"`. */
  readonly storage?: StorageOptions | StorageShorthand;
  /** Shorthand for `hostTool`: `{ weather: ({ city }) => … }`. */
  readonly hostTools?: HostTools;
  /** Handlers of commands that modules in the engine ask the page for: `call.command(name, payload)`. */
  readonly commands?: Readonly<Record<string, PageCommand>>;
  /** Where the worker comes from when a bundler cannot find it. Default: the `worker.js` beside the library. */
  readonly workerUrl?: string | URL;
  readonly worker?: () => Worker;
  /**
   * Where the wasm files are, when not beside the library. `jieba`: `jieba_rs_wasm_bg.wasm` of the optional package
   * jieba-wasm 2.4.0 (4 MB), for the tokenizer mode of that name; loaded when a skill first uses it.
   */
  readonly wasm?: {
    readonly lua?: string | URL | BufferSource | WebAssembly.Module;
    readonly sqlite?: string | URL;
    readonly jieba?: string | URL;
  };
  /** Keep a booted worker ready so that a hard stop costs about 10 ms. Default false. */
  readonly warmSpare?: boolean;
  /** A backup (`runtime.backup()`) for a store that holds no files yet. All of it, or the start fails and the store is empty. */
  readonly restore?:
    | RestoreSource
    | { readonly from: RestoreSource; readonly onProgress?: StorageJobOptions["onProgress"] };
  readonly signal?: AbortSignal;
}

// ── calling ────────────────────────────────────────────────────────────────────────────────────────────────────────

export interface CallOptions extends ModuleRunOptions {
  readonly signal?: AbortSignal;
  readonly context?: InvocationContext;
  /**
   * Milliseconds; default limits.callTimeoutMs, 0 or Infinity: no limit. Over HTTP it may only be less than what the host gives, and
   * nowhere is it more than `callTimeoutMs` in the grants of the skill.
   */
  readonly timeoutMs?: number;
  /** Hears what the entry says with `vulcan.runtime.progress(done, total, text)`; all of it before the call resolves. */
  readonly onProgress?: (progress: CallProgress) => void;
}

export interface EntryCallOptions extends CallOptions {
  /**
   * Hold the arguments against the entry's `inputSchema` before the call. Default false: the entry checks for itself.
   * `invalid_argument` names in its `data` the `path`, what was `expected` and what was `got`; `invalid_manifest` names a
   * `pattern` of the schema that cannot be run in linear time, and its `path` there; `budget_exceeded`: too much for the schema.
   */
  readonly validate?: boolean;
}

/** spec engine.md §7.3. */
export interface CallResult {
  readonly content: string;
  readonly overflowMode: "Truncate" | "Page" | null;
  readonly templateHint: string | null;
  readonly contentBytes: number;
  readonly contentLines: number;
  readonly hostResult?: { readonly kind: string; readonly payload: Json };
  readonly usage: Usage;
}

/** spec engine.md §4.2, plus camelCase conveniences for people. */
export interface EntryDescriptor {
  readonly name: string;
  readonly skillId: string;
  readonly localName: string;
  readonly rootName: string;
  readonly skillDir: string;
  readonly description: string;
  readonly parameters: ReadonlyArray<Readonly<EntryParameter>>;
  readonly inputSchema: ToolInputSchema;
}

/** A skill kept out of the registry, and why; or, as a warning, what its author probably did not mean. */
export interface LoadProblem {
  /** Absent: an error, and the skill is not loaded. `warning`: where the native engine is silent (docs/packages.md). */
  readonly severity?: "warning";
  readonly skillId: string;
  readonly rootName: string;
  readonly skillDir: string;
  readonly phase: "manifest" | "dependencies" | "database" | "lua";
  readonly message: string;
  readonly error: ErrorData;
}

// ── events ─────────────────────────────────────────────────────────────────────────────────────────────────────────

/** A value of the skill configuration changed (spec engine.md §6), by the host or by the skill itself; null = removed. */
export interface ConfigEvent {
  readonly skill_id: string;
  readonly key: string;
  readonly value: string | null;
}

export interface RuntimeEvents {
  log: LogEvent;
  lifecycle: LifecycleEvent;
  /** A step of an install or update. */
  progress: ProgressEvent;
  /** What a running entry says of itself. */
  callProgress: CallProgress;
  registry: RegistryEvent;
  problem: LoadProblem;
  config: ConfigEvent;
  /** A skill was refused something; with `decisions: "all"` also what it was allowed. */
  decision: DecisionEvent;
  /** A decision of the policies, while `security.audit` is on. */
  audit: AuditEvent;
  /** The worker was killed and replaced (deadline, crash). */
  restart: { readonly reason: LuaSkillsErrorCode };
}

export type StreamEvent =
  | { readonly type: "log"; readonly event: LogEvent }
  | { readonly type: "progress"; readonly event: CallProgress }
  | { readonly type: "result"; readonly result: CallResult };

/** How Lua waits for the host: the whole stack is suspended (JSPI), or the coroutine yields. */
export type WaitingStrategy = "J" | "Y";

// ── the runtime ────────────────────────────────────────────────────────────────────────────────────────────────────

export interface Capabilities {
  readonly environment: "browser" | "node" | "deno" | "workerd";
  readonly waiting: WaitingStrategy;
  readonly metered: boolean;
  readonly storage: { readonly kind: string; readonly durable: boolean; readonly persisted: boolean };
  readonly process: "none" | "shell" | "bridge" | "host";
  readonly sqlite: boolean;
  /** Where the databases of skills really are. */
  readonly sqliteStorage: "vfs" | "opfs";
  readonly lancedb: boolean;
  /**
   * Of the tabs, frames and workers that share a store, the one that runs its engine is the leader. A runtime that shares
   * with nobody leads itself. It changes when the leader goes: the event `restart` with the reason `leader_changed` tells.
   */
  readonly role: "leader" | "follower";
}

export interface Runtime extends AsyncDisposable {
  readonly capabilities: Capabilities;
  /** The registry, sorted by name. Synchronous: the client keeps a copy up to date. */
  list(): readonly EntryDescriptor[];
  /** Skills that could not be loaded, and why. */
  problems(): readonly LoadProblem[];
  /** Calls an entry by canonical name. @throws LuaSkillsError entry_not_found (with near names), lua_error, deadline_exceeded, … */
  call<A = JsonObject>(name: string, args?: A & JsonInput<A>, options?: EntryCallOptions): Promise<CallResult>;
  stream<A = JsonObject>(name: string, args?: A & JsonInput<A>, options?: EntryCallOptions): AsyncIterable<StreamEvent>;
  /** Runs Lua with `args` in scope and no skill identity; resolves to the first return value as JSON. */
  runLua(code: string, args?: Json, options?: CallOptions): Promise<Json>;
  /** spec vulcan-api.md §8: Markdown, failures included. */
  luaexec(request: JsonObject, options?: { signal?: AbortSignal }): Promise<string>;
  /**
   * Lua whose globals stay from one `eval` to the next: code of no skill, with the grants of such code. Eight can be open.
   * @throws LuaSkillsError `invalid_argument`, `overloaded` (eight are open)
   */
  session(options?: SessionOptions): Promise<RuntimeSession>;
  /** Every skill's help tree; with a skill, one page of it (`flow` default "main"), null when there is no such skill. */
  help(): Promise<HelpTree[]>;
  help(skillId: string, flow?: string): Promise<HelpPage | null>;
  readonly skills: RuntimeSkills;
  readonly fs: RuntimeFs;
  readonly config: RuntimeConfig;
  readonly databases: RuntimeDatabases;
  readonly grants: RuntimeGrants;
  readonly storage: RuntimeStorage;
  /**
   * Reads everything the store holds and says what is not as it should be: records, files, SQLite databases, vector stores.
   * Calls go on meanwhile. @throws LuaSkillsError aborted
   */
  check(options?: StorageJobOptions): Promise<StorageReport>;
  /**
   * Everything below the runtime root as one zip, for `createRuntime({ restore })`. Waits for running calls, and new ones
   * wait for it. With `salvage` files that cannot be read are left out and listed in the archive's `index.json`.
   * @throws LuaSkillsError storage_corrupt (a file cannot be read), conflict (calls run without an end), aborted
   */
  backup(options?: StorageJobOptions & { readonly salvage?: boolean }): Promise<Blob>;
  /**
   * Runs a command line in the embedded shell, over the runtime's files: `shell("grep -rn TODO /work | wc -l")`. It needs no
   * `process` option. @throws LuaSkillsError `capability_unavailable` where there is no shell, `aborted`, `output_exceeded`
   */
  shell(command: string, options?: ShellOptions): Promise<ShellResult>;
  /** The native JSON API: function name without prefix and suffix, native envelope `{ ok, result | error }` (spec engine.md §11.2). */
  json(method: string, params?: JsonObject): Promise<JsonObject>;
  /** Everything written so far is durable, and the platform was asked to flush, when it resolves. */
  flush(): Promise<void>;
  on<K extends keyof RuntimeEvents>(type: K, listener: (event: RuntimeEvents[K]) => void): () => void;
  /**
   * Called after every change of what `list()` and `problems()` answer, and before the events that tell of it; the result ends
   * it. Both keep their identity between changes, as `useSyncExternalStore` wants it.
   */
  subscribe(listener: () => void): () => void;
  /** Idempotent. Pending calls fail with `runtime_closed`. */
  close(): Promise<void>;
}
