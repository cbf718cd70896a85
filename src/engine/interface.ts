/**
 * The engine without a platform: what it is given, what it answers. Worker, Node, Deno and workerd all make one of these.
 * @module
 */
import type { Capabilities, HostCallbacks, ModuleObject, RuntimeEvents } from "../contract/contract.ts";
import type { EngineMemory } from "../contract/usage.ts";
import type { LuaSkillsError } from "../errors.ts";
import type { NamedModule } from "../host/modules/index.ts";
import type { Clock, LuaEngineModule } from "../lua/interface.ts";
import type { CommandGroup } from "../modules/dispatcher.ts";
import type { PathRules } from "../policy/path-rules.ts";
import type { ProcessPlatform } from "../process/parts.ts";
import type { LifecycleStep } from "../skills/lifecycle/steps.ts";
import type { OutsideFiles } from "../sqlite/files/file-storage.ts";
import type { Vfs, VfsStore } from "../vfs/interface.ts";
import type { EngineReplies, EngineRequest } from "../wire/ops.ts";
import type { RegistrySnapshot } from "../wire/protocol.ts";
import type { PlatformTraits } from "./settings.ts";

/** What a platform brings: everything here is ready to use. The engine closes `store`, `databaseFiles` and its VMs, nothing else. */
export interface EnginePlatform {
  readonly environment: Capabilities["environment"];
  readonly traits?: PlatformTraits;
  readonly store: VfsStore;
  readonly lua: LuaEngineModule;
  readonly clock: Clock;
  readonly callbacks: HostCallbacks;
  /** Rules of a tree that may have symbolic links; absent where none has. */
  readonly ruled?: ((rules: PathRules, files: Vfs) => PathRules) | undefined;
  /** Where the databases of skills are, when not in the tree: for `sqlite.storage: "opfs"`. */
  readonly databaseFiles?: OutsideFiles;
  /** Where sqlite3.wasm is; loaded only when a skill enables it. */
  readonly sqliteWasm?: string | URL | BufferSource | WebAssembly.Module;
  /** Where jieba-wasm's module is; absent, the tokenizer mode `jieba` says that it is not available. */
  readonly jiebaWasm?: EnginePlatform["sqliteWasm"] | (() => Promise<EnginePlatform["sqliteWasm"]>);
  /** Ready-made callback functions for sqlite-wasm, where nothing may be compiled at run time (workerd). */
  readonly sqliteTrampolines?: WebAssembly.Module;
  /** The compiled kernel of vector search, likewise. */
  readonly vectorsWasm?: WebAssembly.Module;
  /** The addresses of a host name, where the platform tells them. */
  readonly resolveHost?: (hostname: string) => Promise<readonly string[]>;
  /** What programs of skills are run with. */
  readonly processes?: ProcessPlatform;
  /** Host modules that came with the worker or the isolate (`serveEngine`). */
  readonly modules?: readonly ModuleObject[];
  /** Handlers of commands, before any of a module or the page. */
  readonly commandGroups?: readonly CommandGroup[];
  /** Called once with a way to ask what modules have not ended. */
  readonly probeModules?: (probe: ModuleProbe) => void;
  /** Modules that other rooms of this package bring under a name of their own; loaded when named. */
  readonly namedModules?: Readonly<Record<string, NamedModule>>;
  emit<K extends keyof RuntimeEvents>(name: K, event: RuntimeEvents[K], requestId?: number): void;
  /** Called after every change of the registry, and of capabilities. */
  registryChanged(snapshot: RegistrySnapshot, capabilities?: Partial<Capabilities>): void;
  /** Awaited at every step of a lifecycle operation. Only the crash tests' worker brings one: it dies there. */
  lifecycleStep?(step: LifecycleStep): void | Promise<void>;
}

/** What modules have not ended, over all VMs. */
export type ModuleProbe = () => {
  readonly calls: number;
  readonly yields: number;
  readonly objects: number;
  readonly started: number;
};

export interface Engine {
  readonly capabilities: Capabilities;
  snapshot(): RegistrySnapshot;
  /** @throws LuaSkillsError */
  request<R extends EngineRequest>(
    request: R,
    options?: { signal?: AbortSignal; requestId?: number },
  ): Promise<EngineReplies[R["op"]]>;
  /** Aborts the running request with that id, if there is one. */
  cancel(requestId: number, reason: LuaSkillsError): void;
  memory(): EngineMemory;
  /** Waits for running calls to stop, commits, closes the store. Idempotent. */
  close(): Promise<void>;
}
