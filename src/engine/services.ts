/**
 * What an engine works with beside Lua: its tree, configuration, databases and log, and what the `vulcan.*` namespaces
 * are given of it.
 * @module
 */
import type { HostCallbacks, Json, LogEvent } from "../contract/contract.ts";
import { bundledModules } from "../host/bundle/bundled-modules.ts";
import { SkillCache } from "../host/cache/cache.ts";
import { boundedPaths } from "../host/fs/bounded-paths.ts";
import { type FileGuard, SkillFiles } from "../host/fs/skill-files.ts";
import { chargeOutput, type HostRun } from "../host/run.ts";
import type { HostServices } from "../host/services.ts";
import type { Limits } from "../limits.ts";
import type { LuaVm } from "../lua/interface.ts";
import type { Outlet } from "../net/outlet.ts";
import type { GrantedAction } from "../policy/grant-source.ts";
import type { Refusal } from "../policy/refusal.ts";
import type { Processes } from "../process/parts.ts";
import type { AllowProcess } from "../process/policy.ts";
import { openProcesses } from "../process/processes.ts";
import { ConfigStore } from "../skills/config/store.ts";
import type { DependencySetup } from "../skills/load/interface.ts";
import type { NetworkOptions } from "../skills/sources/network.ts";
import type { Vfs } from "../vfs/interface.ts";
import { databaseFiles, EngineDatabases } from "./databases/databases.ts";
import type { EnginePlatform } from "./interface.ts";
import type { GrantedNetwork } from "./lua-network.ts";
import type { SqlPolicy } from "./policy/sql-policy.ts";
import type { EngineSettings } from "./settings.ts";

/** What the services ask of the rest of the engine. */
export interface ServiceHooks {
  subjectOf(vm: LuaVm): string | null;
  refusal(vm: LuaVm, action: GrantedAction, resource: string, signal: AbortSignal): Promise<Refusal | undefined>;
  isDenied(vm: LuaVm, action: GrantedAction, resource: string): boolean;
  whileWaiting<T>(vm: LuaVm, work: () => Promise<T>): Promise<T>;
  runOf(vm: LuaVm): HostRun | undefined;
  limitsOf(subject: string | null): Limits;
  /** Whether the code in a VM may add to the log. */
  mayLog(vm: LuaVm, text: string): boolean;
  rootLabels(): readonly string[];
  sqlPolicy(): Promise<SqlPolicy>;
  /** @throws LuaSkillsError `permission_denied` */
  allowProcess: AllowProcess;
}

/** Asked at each use, as what runs may change. */
export interface HostPlaces {
  /** The current directory; undefined: the engine's. */
  directory(): string | undefined;
  temporaryFolder(): string | undefined;
}

const defaultMachine = { os: "linux", arch: "wasm32" } as const;

export class EngineServices {
  readonly vfs: Vfs;
  readonly config: ConfigStore;
  readonly databases: EngineDatabases;
  readonly cache: SkillCache;
  readonly processes: Processes;
  readonly outlet: Outlet;
  /** The part of it that the namespaces see. */
  readonly host: HostServices;

  /** @throws LuaSkillsError `invalid_argument` | `storage_unavailable` */
  constructor(
    private readonly platform: EnginePlatform,
    private readonly settings: EngineSettings,
    hooks: ServiceHooks,
    /** Present when the options grant the network, or have secrets. */
    private readonly network: GrantedNetwork | undefined,
  ) {
    const { limits, hostOptions } = settings;
    this.outlet = {
      fetch: platform.callbacks.fetch,
      refusesPrivate: !platform.traits?.guardsNetwork,
      resolve: platform.resolveHost,
      secrets: network?.secrets,
    };
    this.vfs = platform.store.fs;
    this.config = new ConfigStore({
      vfs: this.vfs,
      explicitPath: hostOptions.skillConfigFilePath,
      cwd: settings.cwd,
      onChange: (event) => platform.emit("config", event),
    });
    this.databases = this.#openDatabases(hooks);
    this.cache = new SkillCache(platform.clock, {
      ...hostOptions.cacheConfig,
      maxBytes: limits.cacheBytes,
      maxOwnerBytes: (owner) => hooks.limitsOf(owner || null).skillCacheBytes,
    });
    this.processes = this.#openProcesses(hooks);
    this.host = this.#hostServices(hooks);
  }

  /** Whether skills load although a native library they want is not there. */
  get toleratesLibraries(): boolean {
    return this.settings.given.dependencyPolicy === undefined;
  }

  log(event: LogEvent, requestId?: number): void {
    const masked = this.network?.secrets?.mask(event.message);
    this.platform.emit("log", masked === undefined ? event : { ...event, message: masked }, requestId);
  }

  /** Addresses that the host named for everybody: they may lie inside its network. */
  get namedAddresses(): readonly string[] {
    return this.network?.named ?? [];
  }

  logError(message: string, { requestId }: HostRun): void {
    this.log({ level: "error", message: withoutForgedPrefix(`[LuaSkill:error] ${message}`) }, requestId);
  }

  dependencies(): DependencySetup {
    const { dependencyPolicy: policy, limits } = this.settings;
    return { policy, limits, network: this.networkFor() };
  }

  /** What a `Network` of this engine is made with. */
  networkFor(options: { readonly given?: boolean; readonly signal?: AbortSignal | undefined } = {}): NetworkOptions {
    return {
      options: this.settings.hostOptions,
      outlet: this.outlet,
      named: this.namedAddresses,
      limits: this.settings.limits,
      log: (event) => this.log(event),
      ...options,
    };
  }

  #openDatabases(hooks: ServiceHooks): EngineDatabases {
    const { platform, settings } = this;
    const { limits } = settings;
    const { traits = {} } = platform;
    return new EngineDatabases({
      hostOptions: settings.hostOptions,
      callbacks: this.#databaseCallbacks(),
      clock: platform.clock,
      vfs: this.vfs,
      sqlite: {
        ...(platform.sqliteWasm === undefined ? {} : { wasm: platform.sqliteWasm }),
        ...(platform.jiebaWasm === undefined ? {} : { jieba: platform.jiebaWasm }),
        ...(platform.sqliteTrampolines === undefined ? {} : { trampolines: platform.sqliteTrampolines }),
        workingDirectory: () => settings.cwd,
        now: () => platform.clock.now(),
        maxCallMs: limits.callTimeoutMs,
        maxMemoryBytes: limits.sqliteMemoryBytes,
        maxValueBytes: limits.sqliteValueBytes,
        maxCallSteps: traits.sqlSteps ?? 0,
        files: databaseFiles(platform, settings.given.sqlite),
        persistence: platform.databaseFiles?.kind ?? platform.store.kind,
        ...(traits.sqliteCacheKib === undefined ? {} : { cacheKib: traits.sqliteCacheKib }),
      },
      sqlPolicy: () => hooks.sqlPolicy(),
      vectorsWasm: platform.vectorsWasm,
      log: (event) => this.log(event),
    });
  }

  /** Without callbacks of the host's own, databases in `host_callback` mode are the bridge's. */
  #databaseCallbacks(): HostCallbacks {
    const { callbacks } = this.platform;
    if (this.settings.given.process?.kind !== "bridge") return callbacks;
    const native =
      (method: "sqlite" | "lancedb"): NonNullable<HostCallbacks["sqliteProvider"]> =>
      async (request, { signal }) =>
        (await this.processes.bridge()).call("databases", method, request, { signal }) as Promise<Json>;
    const { sqliteProvider = native("sqlite"), lancedbProvider = native("lancedb") } = callbacks;
    return { ...callbacks, sqliteProvider, lancedbProvider };
  }

  filesFor(guard: FileGuard, vfs: Vfs = this.host.vfs): Vfs {
    return new SkillFiles(vfs, guard);
  }

  /** What relative paths of a run start from. */
  pathsFrom(directory = this.settings.cwd): Pick<HostServices, "workingDirectory" | "os"> {
    return { workingDirectory: { current: directory }, os: this.host.os };
  }

  /** The services as code under a policy gets them. */
  hostFor(guard: FileGuard, { directory, temporaryFolder }: HostPlaces): HostServices {
    const { cwd } = this.settings;
    const guarded: HostServices = {
      ...this.host,
      vfs: this.filesFor(guard),
      workingDirectory: {
        get current() {
          return directory() ?? cwd;
        },
      },
      temporaryFolder,
      // Code without a skill has nothing that could be taken from it.
      isTrustedCode: (path) => guard.subject() === null || (guard.rules()?.isTrusted(path) ?? true),
      bundled: bundledModules(() => guarded),
    };
    return guarded;
  }

  #openProcesses(hooks: ServiceHooks): Processes {
    const { platform, settings } = this;
    return openProcesses({
      options: settings.given.process,
      platform: platform.processes ?? {},
      callbacks: platform.callbacks,
      outlet: this.outlet,
      machine: settings.given.os ?? defaultMachine,
      temp: settings.hostOptions.tempDir,
      limits: settings.limits,
      allow: (request) => hooks.allowProcess(request),
    });
  }

  #ffi(): NonNullable<HostServices["ffi"]> {
    return this.settings.given.process?.kind === "bridge" ? { bridge: () => this.processes.bridge() } : {};
  }

  #hostServices(hooks: ServiceHooks): HostServices {
    const { platform, settings } = this;
    const { hostOptions, given } = settings;
    return {
      vfs: boundedPaths(this.vfs),
      clock: platform.clock,
      workingDirectory: { current: settings.cwd },
      env: { ...this.network?.secrets?.placeholders, ...given.env },
      os: given.os ?? defaultMachine,
      defaultTextEncoding: hostOptions.textEncoding,
      directories: {
        temp: hostOptions.tempDir,
        resources: hostOptions.resourcesDir,
        luaPackages: hostOptions.luaPackagesDir,
        ffi: hostOptions.hostProvidedFfiRoot,
      },
      cache: hostOptions.cacheConfig,
      capabilities: hostOptions.capabilities,
      callbacks: platform.callbacks,
      whileAsked: (name, vm, work) =>
        platform.callbacks[name] || platform.callbacks.decide ? hooks.whileWaiting(vm, work) : work(),
      config: this.config,
      databases: this.databases,
      process: this.processes.provider,
      subjectOf: (vm) => hooks.subjectOf(vm),
      outlet: this.outlet,
      ...(this.network === undefined
        ? {}
        : { network: this.network.forLua({ outlet: this.outlet, limits: settings.limits, ...hooks }) }),
      ...(given.ffi === false ? {} : { ffi: this.#ffi() }),
      rootLabels: () => hooks.rootLabels(),
      log: (event, vm) => {
        const run = vm && hooks.runOf(vm);
        chargeOutput(run, event.message);
        if (vm && !hooks.mayLog(vm, event.message)) return;
        this.log({ ...event, message: withoutForgedPrefix(event.message) }, run?.requestId);
      },
      progress: (event, vm) => {
        const run = hooks.runOf(vm);
        chargeOutput(run, event.message ?? "");
        platform.emit("callProgress", event, run?.requestId);
      },
    };
  }
}

/** Texts of programs have line breaks; a line of theirs must not look like one of ours. */
const withoutForgedPrefix = (message: string): string =>
  message.replace(/([\n\r\u0085\u2028\u2029])(?=\[LuaSkill)/g, "$1 ");
