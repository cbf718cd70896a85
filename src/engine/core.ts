/**
 * One engine's state: options, services, the live registry, VMs and runs. Operations are functions over it
 * (calls.ts, run-lua.ts, luaexec.ts, …).
 * @module
 */

import { joinPath } from "../base/path-text.ts";
import type { EngineOptions, LoadProblem, LogEvent, SkillRoot } from "../contract/contract.ts";
import type { LuaSkillsError, LuaSkillsErrorCode } from "../errors.ts";
import { SkillCache } from "../host/cache/cache.ts";
import { boundedPaths } from "../host/fs/bounded-paths.ts";
import { hostPreludes } from "../host/install.ts";
import { chargeOutput, type EngineAccess } from "../host/run.ts";
import type { VmKind } from "../host/runtime/runtime.ts";
import type { HostServices } from "../host/services.ts";
import { type Limits, resolveLimits } from "../limits.ts";
import type { AbortWatch, LuaVm, Prelude, RunOptions } from "../lua/interface.ts";
import { ConfigStore } from "../skills/config/store.ts";
import { SkillDependencies } from "../skills/dependencies/skill-dependencies.ts";
import { decodeHostOptions, type HostOptions } from "../skills/options/host-options.ts";
import { type NormalPool, normalPool } from "../skills/options/pool.ts";
import { buildRegistry } from "../skills/registry/registry.ts";
import { Network } from "../skills/sources/network.ts";
import type { LoadedSkill, RegisteredEntry, SkillRegistry } from "../skills/types.ts";
import type { Vfs } from "../vfs/interface.ts";
import type { RegistrySnapshot } from "../wire/protocol.ts";
import { callAcross } from "./calls/call-entry.ts";
import { databaseFiles, EngineDatabases } from "./databases/databases.ts";
import type { EngineMemory, EnginePlatform } from "./interface.ts";
import { LeaseSlot } from "./leases/lease-slot.ts";
import { isolateSkill } from "./skills/load.ts";
import type { LoadedVm, SkillEntries } from "./vms/loaded-vm.ts";
import { RunState } from "./vms/run-state.ts";
import { SkillVms } from "./vms/skill-vms.ts";
import { WorkingDirectory } from "./vms/working-directory.ts";

interface VmPools {
  readonly main: SkillVms;
  readonly luaexec: SkillVms;
}

const defaultPool: NormalPool = { minSize: 1, maxSize: 4, idleTtlSecs: 60 };
/** Failures that lie in the skill, not in the moment it was loaded. */
const brokenSkill = new Set<LuaSkillsErrorCode>(["lua_error", "lua_syntax_error", "memory_exceeded", "not_found"]);
/** Where the clock stands still during CPU work, the budget is the deadline (architecture.md §3). */
const workerdInstructions = 500_000_000;
/** As many steps of SQLite's machine take about as long. */
const workerdSqlSteps = 200_000_000;
/** The file is in memory anyway; a cache of its pages would take the isolate's 128 MB twice. */
const workerdCacheKib = 2_048;

export class EngineCore {
  readonly limits: Limits;
  readonly hostOptions: HostOptions;
  readonly pool: NormalPool;
  readonly runtimeRoot: string;
  readonly directory: WorkingDirectory;
  readonly config: ConfigStore;
  readonly databases: EngineDatabases;
  readonly services: HostServices;
  /** The live registry; replaced as a whole. */
  registry: SkillRegistry;
  problems: readonly LoadProblem[] = [];
  /** The chain that was loaded last; empty before. */
  roots: readonly SkillRoot[] = [];
  vms: VmPools;
  readonly leases = new LeaseSlot();
  readonly #preludes = new Map<VmKind, readonly Prelude[]>();
  readonly #kinds = new WeakMap<LuaVm, VmKind>();
  /** Every VM that may be alive; `memory` drops those that are not. */
  readonly #vms = new Set<LuaVm>();
  readonly #owners = new WeakMap<LuaVm, string | undefined>();
  readonly #runs = new Map<LuaVm, RunState>();
  readonly #cache: SkillCache;
  #entries: { registry?: SkillRegistry; bySkill: ReadonlyMap<string, readonly RegisteredEntry[]> } = {
    bySkill: new Map(),
  };

  /** @throws LuaSkillsError `invalid_argument` for options that do not decode, `storage_unavailable` */
  constructor(
    readonly platform: EnginePlatform,
    readonly options: EngineOptions,
  ) {
    this.limits = resolveLimits({
      ...(platform.environment === "workerd" ? { runInstructions: workerdInstructions } : {}),
      ...options.limits,
    });
    this.runtimeRoot = options.runtimeRoot ?? "/runtime";
    this.hostOptions = decodeHostOptions(options.hostOptions ?? {}, { runtimeRoot: this.runtimeRoot });
    this.pool = poolSizes(options);
    this.directory = new WorkingDirectory(options.cwd ?? this.runtimeRoot);
    this.config = new ConfigStore({
      vfs: this.vfs,
      explicitPath: this.hostOptions.skillConfigFilePath,
      cwd: this.directory.current,
      onChange: (event) => platform.emit("config", event),
    });
    this.databases = new EngineDatabases({
      hostOptions: this.hostOptions,
      callbacks: platform.callbacks,
      clock: platform.clock,
      vfs: this.vfs,
      sqlite: {
        ...(platform.sqliteWasm === undefined ? {} : { wasm: platform.sqliteWasm }),
        ...(platform.jiebaWasm === undefined ? {} : { jieba: platform.jiebaWasm }),
        ...(platform.sqliteTrampolines === undefined ? {} : { trampolines: platform.sqliteTrampolines }),
        workingDirectory: () => this.directory.current,
        now: () => platform.clock.now(),
        maxCallMs: this.limits.callTimeoutMs,
        maxMemoryBytes: this.limits.sqliteMemoryBytes,
        maxCallSteps: platform.environment === "workerd" ? workerdSqlSteps : 0,
        files: databaseFiles(platform, options.sqlite),
        persistence: platform.databaseFiles?.kind ?? platform.store.kind,
        ...(platform.environment === "workerd" ? { cacheKib: workerdCacheKib } : {}),
      },
      vectorsWasm: platform.vectorsWasm,
      log: (event) => this.log(event),
    });
    this.services = this.#makeServices();
    this.#cache = new SkillCache(platform.clock, { ...this.services.cache, maxBytes: this.limits.cacheBytes });
    this.registry = buildRegistry([], this.hostOptions.reservedEntryNames);
    this.vms = this.newVms();
  }

  get vfs(): Vfs {
    return this.platform.store.fs;
  }

  get snapshot(): RegistrySnapshot {
    return { entries: this.registry.entries.map((entry) => entry.descriptor), problems: this.problems };
  }

  /** Empty pools over the live registry; the caller closes the old ones. */
  newVms(): VmPools {
    return {
      main: new SkillVms(this, "main", this.pool),
      luaexec: new SkillVms(this, "luaexec", this.hostOptions.runluaPool),
    };
  }

  createVm(kind: VmKind): LuaVm {
    let preludes = this.#preludes.get(kind);
    if (!preludes) {
      preludes = hostPreludes(this.services, this.#cache, this.#access, kind);
      this.#preludes.set(kind, preludes);
    }
    const vm = this.platform.lua.createVm({ preludes, memoryBytes: this.limits.vmMemoryBytes });
    this.#kinds.set(vm, kind);
    this.#vms.add(vm);
    return vm;
  }

  startRun(origin: {
    requestId?: number | undefined;
    signal?: AbortWatch | undefined;
    timeoutMs?: number | undefined;
  }) {
    return RunState.start({
      requestId: origin.requestId,
      signal: origin.signal,
      timeoutMs: origin.timeoutMs ?? this.limits.callTimeoutMs,
      instructions: this.limits.runInstructions,
      outputBytes: this.limits.outputBytes,
    });
  }

  runOptions(run: RunState): RunOptions {
    return {
      ...(run.deadline === Number.POSITIVE_INFINITY
        ? {}
        : { timeoutMs: run.timeLeft, timeoutMessage: run.timeoutMessage }),
      ...(run.instructionsLeft === Number.POSITIVE_INFINITY ? {} : { instructions: run.instructionsLeft }),
      ...(run.signal ? { signal: run.signal } : {}),
    };
  }

  bind(vm: LuaVm, run: RunState): void {
    this.#runs.set(vm, run);
  }

  unbind(vm: LuaVm): void {
    this.#runs.delete(vm);
  }

  runOf(vm: LuaVm): RunState | undefined {
    return this.#runs.get(vm);
  }

  kindOf(vm: LuaVm): VmKind {
    return this.#kinds.get(vm) ?? "main";
  }

  /** Says whose code runs in a VM: a skill's, or (undefined) the host's own. */
  own(vm: LuaVm, owner: string | undefined): void {
    this.#owners.set(vm, owner);
  }

  /** See {@link EngineAccess.ownerOf}. A VM nobody has claimed belongs to nobody. */
  ownerOf(vm: LuaVm): string | undefined {
    if (!this.isolated) return undefined;
    return this.#owners.has(vm) ? this.#owners.get(vm) : "";
  }

  log(event: LogEvent, requestId?: number): void {
    this.platform.emit("log", event, requestId);
  }

  logError(message: string, run: RunState): void {
    this.log({ level: "error", message: `[LuaSkill:error] ${message}` }, run.requestId);
  }

  /** True under `isolation: "skill"`, the default: every skill has VMs of its own. */
  get isolated(): boolean {
    return this.options.isolation !== "shared";
  }

  /** Limits for the chunks of skills while a VM loads them. */
  loadOptions(run: RunState): RunOptions {
    return { ...this.runOptions(run), timeoutMs: Math.min(run.timeLeft, this.limits.skillLoadMs) };
  }

  /** What a VM of this key holds: one skill, or under "shared" all of them; "" is host code, which has none. */
  skillsOf(key: string): SkillEntries[] {
    const { registry } = this;
    const wanted = this.isolated ? [registry.skill(key)] : registry.skills;
    return wanted.flatMap((skill) => (skill ? [{ skill, entries: this.#bySkill().get(skill.skillId) ?? [] }] : []));
  }

  /** Puts the skills of a key into a fresh VM. @throws LuaSkillsError with a text of vulcan-api.md §3.1 */
  async loadInto(loaded: LoadedVm, key: string, run: RunState): Promise<void> {
    const skills = this.skillsOf(key);
    const options = this.loadOptions(run);
    this.bind(loaded.vm, run);
    try {
      loaded.beginLoading();
      for (const { skill } of skills) await loaded.loadChunks(this.vfs, skill, options);
      loaded.endLoading(skills);
    } finally {
      this.unbind(loaded.vm);
    }
  }

  /** A skill that broke when a VM first needed it: with policy "isolate" it leaves the registry. */
  loadFailed(skill: LoadedSkill, error: LuaSkillsError): void {
    if ((this.options.loadPolicy ?? "isolate") !== "isolate" || !brokenSkill.has(error.code)) return;
    if (this.registry.skill(skill.skillId) !== skill) return;
    const others = this.registry.skills.filter((other) => other !== skill);
    this.registry = buildRegistry(others, this.hostOptions.reservedEntryNames);
    isolateSkill(this, skill, error);
    this.platform.registryChanged(this.snapshot);
  }

  /** The chain operations work on: the loaded one, before that the configured one. */
  get chain(): readonly SkillRoot[] {
    if (this.roots.length > 0) return this.roots;
    return this.options.roots ?? [{ name: "ROOT", skills_dir: joinPath(this.runtimeRoot, "skills") }];
  }

  dependencies(): SkillDependencies {
    return new SkillDependencies({
      vfs: this.vfs,
      options: this.hostOptions,
      policy: this.options.dependencyPolicy ?? "strict",
      network: this.network(),
      limits: this.limits,
      log: (event) => this.log(event),
    });
  }

  network(options: { readonly allowed?: boolean; readonly signal?: AbortSignal | undefined } = {}): Network {
    return new Network({
      options: this.hostOptions,
      fetch: this.platform.callbacks.fetch,
      limits: this.limits,
      log: (event) => this.log(event),
      ...options,
    });
  }

  /** Ends the VMs; busy ones end when they are given back. */
  close(): void {
    this.vms.main.close();
    this.vms.luaexec.close();
    this.leases.dropAll();
    this.databases.close();
  }

  inTransaction(): boolean {
    return this.databases.inTransaction();
  }

  memory(): EngineMemory {
    let vms = 0;
    for (const vm of this.#vms) {
      if (vm.usable) vms += vm.memoryBytes;
      else this.#vms.delete(vm);
    }
    return { vms, databases: this.databases.memoryBytes(), files: this.platform.store.memoryBytes ?? 0 };
  }

  /** What the namespaces that reach into the engine call. */
  get #access(): EngineAccess {
    return {
      runOf: (vm) => this.runOf(vm),
      ownerOf: (vm) => this.ownerOf(vm),
      target: (name) => {
        const entry = this.registry.get(name);
        return entry && { skillId: entry.skill.skillId, localName: entry.entry.name };
      },
      callRemote: (name, args, scope, context) => callAcross(this, name, args, scope, context),
      luaexec: async (request, caller, context) =>
        (await import("./on-demand.ts")).luaexecFromLua(this, request, caller, context),
    };
  }

  #bySkill(): ReadonlyMap<string, readonly RegisteredEntry[]> {
    if (this.#entries.registry !== this.registry) {
      const bySkill = new Map<string, RegisteredEntry[]>();
      for (const entry of this.registry.entries) {
        const list = bySkill.get(entry.skill.skillId) ?? [];
        list.push(entry);
        bySkill.set(entry.skill.skillId, list);
      }
      this.#entries = { registry: this.registry, bySkill };
    }
    return this.#entries.bySkill;
  }

  #makeServices(): HostServices {
    const { hostOptions, platform, options } = this;
    return {
      vfs: boundedPaths(this.vfs),
      clock: platform.clock,
      workingDirectory: this.directory,
      env: options.env ?? {},
      os: options.os ?? { os: "linux", arch: "wasm32" },
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
      config: this.config,
      databases: this.databases,
      rootLabels: () => this.roots.map((root) => root.name),
      log: (event, vm) => {
        const run = vm && this.runOf(vm);
        chargeOutput(run, event.message);
        this.log(event, run?.requestId);
      },
    };
  }
}

function poolSizes(options: EngineOptions): NormalPool {
  const { min_size, max_size, idle_ttl_secs } = options.pool ?? {};
  return normalPool({
    minSize: min_size ?? defaultPool.minSize,
    maxSize: max_size ?? defaultPool.maxSize,
    idleTtlSecs: idle_ttl_secs ?? defaultPool.idleTtlSecs,
  });
}
