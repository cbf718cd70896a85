import type {
  EngineOptions,
  Json,
  JsonObject,
  ModuleRunOptions,
  RuntimeEvents,
  SkillRoot,
} from "../../src/contract/contract.ts";
import type { Engine } from "../../src/engine/interface.ts";
import { namedModules } from "../../src/platforms/named-modules.ts";
import { VirtualClock } from "../../src/testing/virtual-clock.ts";
import { MemoryBackend } from "../../src/vfs/backends/memory.ts";
import type { Vfs, VfsStore } from "../../src/vfs/interface.ts";
import { TreeStore } from "../../src/vfs/tree-store.ts";
import type { EngineReplies, EngineRequest } from "../../src/wire/ops.ts";
import { fromBase64 } from "./base64.ts";
import type { Case, EventKind, HostStubs, Setup } from "./case-format.ts";
import { Gates } from "./gates.ts";
import type { ConformancePlatform } from "./platform.ts";
import { hostCallbacks } from "./stubs.ts";

const runtimeRoot = "/runtime";
const formalNames = new Set(["ROOT", "PROJECT", "USER"]);
const defaultRoots: readonly SkillRoot[] = [{ name: "ROOT", skills_dir: `${runtimeRoot}/skills` }];

/** The runtime of one case: an engine over storage that survives {@link restart}, a clock, and the events so far. */
export class CaseRuntime {
  readonly clock: VirtualClock;
  readonly gates = new Gates();
  readonly #setup: Setup;
  readonly #backend = new MemoryBackend();
  /** As durable as the backend: a restart finds what it left. */
  readonly #databases = `case-${crypto.randomUUID()}`;
  readonly #events: Record<EventKind, unknown[]> = { lifecycle: [], registry: [], log: [], progress: [] };
  #roots: readonly SkillRoot[];
  #loaded: boolean;
  #running: { readonly engine: Engine; readonly store: VfsStore } | undefined;

  constructor(
    private readonly platform: ConformancePlatform,
    testCase: Case,
    private readonly isolation: "skill" | "shared",
  ) {
    this.#setup = testCase.setup;
    this.#roots = this.#setup.roots ?? defaultRoots;
    this.#loaded = this.#setup.load ?? true;
    this.clock = new VirtualClock(this.#setup.host?.now_ms);
  }

  /** The roots the case set up, or the chain it loaded last. */
  get roots(): readonly SkillRoot[] {
    return this.#roots;
  }

  /** What `run_lua` says about host modules. */
  get modules(): ModuleRunOptions | undefined {
    const stubs = this.#setup.host?.modules;
    if (this.#setup.host?.genx) return everythingAllowed;
    if (!stubs) return undefined;
    const { grant = [], kind, actor, policies } = stubs;
    const security = {
      ...(actor === undefined ? {} : { actor: { id: actor } }),
      ...(policies === undefined ? {} : { policies }),
    };
    return { modules: grant, ...(kind === undefined ? {} : { kind }), security };
  }

  /** Lays out the case's files and makes the engine. */
  async start(): Promise<void> {
    await this.#boot((fs) => layOut(fs, this.#setup));
  }

  /** A new engine on what the old one made durable; it loads the same roots if the old one had loaded any. */
  async restart(): Promise<void> {
    await this.close();
    await this.#boot(() => {});
  }

  request<R extends EngineRequest>(request: R): Promise<EngineReplies[R["op"]]> {
    return this.#alive().engine.request(request);
  }

  /** `load_from_roots` or `reload_from_roots`; the chain is remembered for a restart when it loads. */
  async loadRoots(method: "load_from_roots" | "reload_from_roots", roots: readonly SkillRoot[]): Promise<void> {
    await this.json(method, { skill_roots: roots.map(({ name, skills_dir }) => ({ name, skills_dir })) });
    this.#roots = roots;
    this.#loaded = true;
  }

  /** An operation of the JSON API; its inner result. @throws Error with the envelope's text */
  async json(method: string, params: Extract<EngineRequest, { op: "json" }>["params"]): Promise<unknown> {
    const envelope = await this.request({ op: "json", method, params: { engine_id: 1, ...params } });
    if (envelope.ok === true) return envelope.result;
    if (envelope.ok === false && typeof envelope.error === "string") throw new Error(envelope.error);
    throw new Error(`${method} answered no envelope {ok, result | error}: ${JSON.stringify(envelope)}`);
  }

  get fs(): Vfs {
    return this.#alive().store.fs;
  }

  /** The events of one kind since the last call for that kind. */
  takeEvents(kind: EventKind): unknown[] {
    return this.#events[kind].splice(0);
  }

  async close(): Promise<void> {
    const running = this.#running;
    this.#running = undefined;
    this.gates.releaseAll();
    await running?.engine.close();
  }

  async #call(name: string, args: JsonObject): Promise<Json> {
    return (await this.request({ op: "call", name, args })).content;
  }

  #alive(): { readonly engine: Engine; readonly store: VfsStore } {
    if (!this.#running) throw new Error("the case has no runtime: its creation failed or it was closed");
    return this.#running;
  }

  async #boot(prepare: (fs: Vfs) => void): Promise<void> {
    const stubs = this.#setup.host ?? {};
    const backend = (await this.platform.openBackend?.(this.#databases)) ?? this.#backend;
    // So little stays in memory that files are read from the store again and again, where it can be read.
    const store = await TreeStore.open(backend, { residentBytes: 64 * 1024, now: () => this.clock.now() });
    prepare(store.fs);
    await store.commit();
    const databaseFiles = await this.platform.openDatabaseFiles?.(this.#databases);
    const engine = await this.platform.createEngine(
      {
        environment: this.platform.environment,
        store,
        lua: this.platform.lua,
        ...(databaseFiles === undefined ? {} : { databaseFiles }),
        clock: this.clock,
        callbacks: hostCallbacks(stubs, { gates: this.gates, call: (name, args) => this.#call(name, args) }),
        sqliteWasm: this.platform.sqliteWasm,
        jiebaWasm: this.platform.jiebaWasm,
        sqliteTrampolines: this.platform.sqliteTrampolines,
        vectorsWasm: this.platform.vectorsWasm,
        processes: this.platform.processes,
        namedModules,
        emit: (name, event) => this.#record(name, event),
        registryChanged: () => {},
      },
      this.#options(),
      stubs,
    );
    this.#running = { engine, store };
  }

  #options(): EngineOptions {
    const setup = this.#setup;
    const open = this.#roots.some(({ name }) => !formalNames.has(name.trim().toUpperCase()));
    return {
      storage: { kind: "memory" },
      sqlite: { storage: this.platform.openDatabaseFiles === undefined ? "vfs" : "opfs" },
      runtimeRoot,
      roots: this.#roots,
      hostOptions: setup.options ?? {},
      ...(this.platform.process ? { process: this.platform.process } : {}),
      ...(setup.pool ? { pool: setup.pool } : {}),
      isolation: this.isolation,
      loadPolicy: "manifest-strict",
      rootChainPolicy: open ? "open" : "formal",
      dependencyPolicy: "strict",
      // The cases describe a host without FFI (dialect-ffi-is-absent); ours has it unless told otherwise.
      ffi: false,
      env: setup.host?.env ?? {},
      load: this.#loaded,
      ...(setup.host?.genx ? genxOptions(setup.host.genx) : {}),
      ...(setup.host?.modules
        ? {
            modules: (setup.host.modules.grant ?? []).filter((name) => name !== "channel"),
            moduleOptions: setup.host.modules.options ?? {},
          }
        : {}),
      ...setup.policies,
    };
  }

  #record<K extends keyof RuntimeEvents>(name: K, event: RuntimeEvents[K]): void {
    const kind: keyof RuntimeEvents = name;
    if (kind === "lifecycle" || kind === "registry") this.#events[kind].push(event);
    if (kind === "callProgress") this.#events.progress.push(event);
    if (kind === "log") {
      const { level, message } = event as RuntimeEvents["log"];
      if (message.startsWith("[LuaSkill")) this.#events.log.push({ level, message });
    }
  }
}

/** GenX, with everything allowed. */
const everythingAllowed: ModuleRunOptions = {
  modules: ["genx"],
  security: {
    actor: { id: "case" },
    policies: [{ id: "all", actions: ["*"], resources: ["*"], effect: "allow" }],
  },
};

function genxOptions({ packages = {}, require_nil: requireNil }: NonNullable<HostStubs["genx"]>): EngineOptions {
  return {
    modules: ["genx"],
    moduleOptions: { genx: { packages, ...(requireNil === undefined ? {} : { requireNil }) } },
  };
}

/** A relative path of a case is under the runtime root. */
export function casePath(path: string): string {
  return path.startsWith("/") ? path : `${runtimeRoot}/${path}`;
}

/** Writes a file with its parents. */
export function putFile(fs: Vfs, path: string, content: Uint8Array): void {
  const absolute = casePath(path);
  fs.mkdir(absolute.slice(0, absolute.lastIndexOf("/")) || "/", { recursive: true });
  fs.writeFile(absolute, content);
}

function layOut(fs: Vfs, setup: Setup): void {
  fs.mkdir(runtimeRoot, { recursive: true });
  for (const dir of setup.dirs ?? []) fs.mkdir(casePath(dir), { recursive: true });
  for (const [path, text] of Object.entries(setup.files ?? {})) putFile(fs, path, new TextEncoder().encode(text));
  for (const [path, base64] of Object.entries(setup.bytes ?? {})) putFile(fs, path, fromBase64(base64));
}
