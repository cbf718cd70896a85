import { isObject } from "../base/is-object.ts";
import { lazily } from "../base/lazily.ts";
import type {
  CallOptions,
  CallResult,
  Capabilities,
  EntryCallOptions,
  EntryDescriptor,
  HelpPage,
  HelpTree,
  Json,
  JsonObject,
  LoadProblem,
  Runtime,
  RuntimeEvents,
  RuntimeSession,
  RuntimeStorage,
  SessionOptions,
  ShellOptions,
  ShellResult,
  StorageJobOptions,
  StorageReport,
  StreamEvent,
} from "../contract/contract.ts";
import type { Limits } from "../limits.ts";
import type { EngineEvent, Transport } from "../wire/transport.ts";
import { areOptions, misuse } from "./arguments/call-options.ts";
import { contentOf } from "./bytes.ts";
import { lazyDatabases } from "./databases-lazy.ts";
import { type Emitter, told } from "./emitter.ts";
import { runtimeConfig, runtimeFs, runtimeGrants, runtimeSkills } from "./facets.ts";

const argumentChecks = lazily(() => import("./validate-arguments.ts"));

/** The public `Runtime` over any transport. */
export class TransportRuntime implements Omit<Runtime, typeof Symbol.asyncDispose> {
  readonly skills;
  readonly fs;
  readonly config;
  readonly databases;
  readonly grants;
  readonly storage: RuntimeStorage = {
    move: async (to, options) => {
      await (await import("./storage-jobs.ts")).moveStore(this.transport, to, options);
    },
  };

  constructor(
    private readonly transport: Transport,
    private readonly emitter: Emitter,
    private readonly limits: Limits,
  ) {
    this.fs = runtimeFs(transport);
    this.config = runtimeConfig(transport);
    this.databases = lazyDatabases(transport);
    this.grants = runtimeGrants(transport);
    this.skills = runtimeSkills(transport);
  }

  get capabilities(): Capabilities {
    return this.transport.capabilities;
  }

  list(): readonly EntryDescriptor[] {
    return this.transport.snapshot().entries;
  }

  problems(): readonly LoadProblem[] {
    return this.transport.snapshot().problems;
  }

  call(name: string, args?: unknown, options?: EntryCallOptions): Promise<CallResult> {
    return this.#call(name, args, options, options?.signal, undefined);
  }

  async *stream(name: string, args?: unknown, options?: EntryCallOptions): AsyncIterable<StreamEvent> {
    const { callStream } = await import("./call-stream.ts");
    yield* callStream((onEvent, signal) => this.#call(name, args, options, signal, onEvent), options?.signal);
  }

  async runLua(code: string, args: Json = {}, options?: CallOptions): Promise<Json> {
    if (typeof code !== "string" || !areOptions(options)) throw (await misuse()).ofCode(code, options);
    return this.transport.request(
      { op: "runLua", code, args, ...this.#runOptions(options) },
      { signal: options?.signal, onEvent: hearing(options?.onProgress) },
    );
  }

  async luaexec(request: JsonObject, options?: { signal?: AbortSignal }): Promise<string> {
    return this.transport.request({ op: "luaexec", request }, options);
  }

  async session(options?: SessionOptions): Promise<RuntimeSession> {
    return (await import("./session.ts")).openSession(this.transport, this.limits.callTimeoutMs, options);
  }

  help(): Promise<HelpTree[]>;
  help(skillId: string, flow?: string): Promise<HelpPage | null>;
  async help(skillId?: string, flow?: string): Promise<HelpTree[] | HelpPage | null> {
    return this.transport.request({ op: "help", skillId, flow });
  }

  async json(method: string, params: JsonObject = {}): Promise<JsonObject> {
    return this.transport.request({ op: "json", method, params });
  }

  async shell(command: string, options?: ShellOptions): Promise<ShellResult> {
    const { signal: _, stdin, ...how } = options ?? {};
    const input = stdin === undefined ? {} : { stdin: await contentOf(stdin) };
    return this.transport.request({ op: "shell", command, ...input, ...how }, options);
  }

  async check(options?: StorageJobOptions): Promise<StorageReport> {
    return (await import("./storage-jobs.ts")).checkStore(this.transport, options);
  }

  async backup(options?: StorageJobOptions & { readonly salvage?: boolean }): Promise<Blob> {
    return (await import("./storage-jobs.ts")).backupStore(this.transport, options);
  }

  async flush(): Promise<void> {
    await this.transport.request({ op: "flush" });
  }

  on<K extends keyof RuntimeEvents>(type: K, listener: (event: RuntimeEvents[K]) => void): () => void {
    return this.emitter.on(type, listener);
  }

  subscribe(listener: () => void): () => void {
    return this.emitter.subscribe(listener);
  }

  close(): Promise<void> {
    return this.transport.close();
  }

  async #call(
    name: string,
    args: unknown = {},
    options: EntryCallOptions | undefined,
    signal: AbortSignal | undefined,
    onEvent: ((event: EngineEvent) => void) | undefined,
  ): Promise<CallResult> {
    if (typeof name !== "string" || !isObject(args) || !areOptions(options))
      throw (await misuse()).ofCall(name, args, options);
    if (options?.validate) await (await argumentChecks()).validateArguments(this.list(), name, args);
    return await this.transport.request(
      { op: "call", name, args, ...this.#runOptions(options) },
      { signal, onEvent: hearing(options?.onProgress, onEvent) },
    );
  }

  #runOptions(options: EntryCallOptions | undefined) {
    const { signal: _, context, timeoutMs, onProgress: _hears, validate: _checks, ...modules } = options ?? {};
    return {
      context,
      // Undefined: as long as the engine gives it; 0: no limit.
      timeoutMs: timeoutMs === Number.POSITIVE_INFINITY ? 0 : timeoutMs,
      ...(Object.keys(modules).length > 0 ? { modules } : {}),
    };
  }
}

type Hears = (event: EngineEvent) => void;

/** Undefined where nobody listens: requests without a listener are the cheap ones. */
function hearing(onProgress: CallOptions["onProgress"], onEvent?: Hears): Hears | undefined {
  if (!onProgress) return onEvent;
  return (event) => {
    if (event.name === "callProgress") told(() => onProgress(event.event));
    onEvent?.(event);
  };
}

/** WebKit has no Symbol.asyncDispose; compiled `await using` looks for the registered symbol there. */
export function disposable(runtime: TransportRuntime): Runtime {
  const symbol = Symbol.asyncDispose ?? Symbol.for("Symbol.asyncDispose");
  return Object.defineProperty(runtime, symbol, { value: () => runtime.close() }) as unknown as Runtime;
}
