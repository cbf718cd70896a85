/**
 * The engine inline in a Worker or a Durable Object.
 * @module
 */

import { type SupervisedRuntime, superviseRuntime } from "../../client/supervise.ts";
import type { Runtime, RuntimeOptions } from "../../contract/contract.ts";
import type { EngineMemory } from "../../contract/usage.ts";
import { createEngine } from "../../engine/engine.ts";
import type { Engine } from "../../engine/interface.ts";
import type { PlatformTraits } from "../../engine/settings.ts";
import { type Limits, resolveLimits } from "../../limits.ts";
import type { LuaEngineModule } from "../../lua/interface.ts";
import { bootModule } from "../../lua/wasm/boot-module.ts";
import type { EmbeddedShellModule } from "../../process/parts.ts";
import { DurableObjectBackend, type DurableObjectStorageLike } from "../../vfs/backends/durable-object.ts";
import type { VfsStore } from "../../vfs/interface.ts";
import { MemoryStore } from "../../vfs/memory-store.ts";
import { TreeStore } from "../../vfs/tree-store.ts";
import { InlineLink } from "../../wire/inline-link.ts";
import type { EngineBoot } from "../../wire/serve.ts";
import { assemblePlatform } from "../assemble.ts";
import lua from "./lua.wasm";
import sqlite from "./sqlite3.wasm";
import trampolines from "./trampolines.wasm";
import vectors from "./vectors.wasm";

export interface EdgeRuntimeOptions
  extends Omit<RuntimeOptions, "worker" | "workerUrl" | "warmSpare" | "storage" | "wasm"> {
  /** `ctx.storage` of a Durable Object with SQLite storage; without it nothing survives the isolate. */
  readonly storage?: DurableObjectStorageLike;
  /** The embedded shell: `import { shell } from "luaskills-wasm/shell"`. Left out, it is not in the Worker. */
  readonly shell?: EmbeddedShellModule;
}

/** The clock of an isolate stands still while code runs: budgets stand in for the deadline. */
const traits: PlatformTraits = {
  limits: { runInstructions: 500_000_000 },
  // As many steps take about as long.
  sqlSteps: 200_000_000,
  // The file is in memory anyway; a cache of its pages would take the isolate's 128 MB twice.
  sqliteCacheKib: 2_048,
};

/** An isolate has 128 MB for everything. */
export const edgeLimits = {
  vmMemoryBytes: 32 * 2 ** 20,
  vfsBytes: 64 * 2 ** 20,
  sqliteMemoryBytes: 32 * 2 ** 20,
  cacheBytes: 8 * 2 ** 20,
} satisfies Partial<Limits>;

/**
 * Starts an engine in this isolate.
 *
 * @example
 * const runtime = await createEdgeRuntime({ storage: this.ctx.storage });
 *
 * @throws LuaSkillsError `storage_unavailable` | `storage_error` | `invalid_argument` (an option, by name)
 */
export async function createEdgeRuntime(options: EdgeRuntimeOptions = {}): Promise<Runtime> {
  return (await superviseEdgeRuntime(options)).runtime;
}

/** An engine in this isolate, for hosts that serve it to others and share the isolate's memory between several. */
export interface EdgeEngine extends SupervisedRuntime {
  memory(): EngineMemory;
  /** Nothing waits to be committed: it may be dropped as it is. */
  settled(): boolean;
}

/** As `createEdgeRuntime`, for hosts that serve the runtime to others. */
export async function superviseEdgeRuntime({ storage, shell, ...given }: EdgeRuntimeOptions = {}): Promise<EdgeEngine> {
  const options = { pool: { min_size: 1, max_size: 2 }, ...given, limits: { ...edgeLimits, ...given.limits } };
  let store: VfsStore | undefined;
  let engine: Engine | undefined;
  const open = async () => {
    store = await openEdgeStore(storage, resolveLimits(options.limits), options.runtimeRoot);
    return store;
  };
  const boot: EngineBoot = async ({ options: engineOptions }, wiring) => {
    const processes = shell ? { loadShell: shell.load } : {};
    const wasm = { processes, sqliteWasm: sqlite, sqliteTrampolines: trampolines, vectorsWasm: vectors };
    const parts = {
      environment: "workerd",
      traits,
      lua: luaOfIsolate(options.waiting),
      store: open(),
      ...wasm,
    } as const;
    engine = await createEngine(await assemblePlatform(parts, wiring), engineOptions);
    return engine;
  };
  const inMemory = { ...options, storage: { kind: "memory" } } as const;
  const supervised = await superviseRuntime(inMemory, {}, () => new InlineLink(boot));
  return {
    ...supervised,
    memory: () => engine?.memory() ?? { vms: 0, databases: 0, files: 0 },
    settled: () => store !== undefined && !store.dirty,
  };
}

// allowed: belongs to the isolate, as luaOfIsolate says
const booted = new Map<EdgeRuntimeOptions["waiting"], LuaEngineModule>();

/**
 * Lua is booted once in an isolate: what comes out is a compiled module and a decision, nothing of any tenant's. Not the
 * promise is kept: one that belongs to a request the platform ended would never settle for the others.
 */
async function luaOfIsolate(waiting: EdgeRuntimeOptions["waiting"]): Promise<LuaEngineModule> {
  const known = booted.get(waiting);
  if (known) return known;
  const module = await bootModule({ wasm: lua, waiting });
  booted.set(waiting, module);
  return module;
}

async function openEdgeStore(
  storage: DurableObjectStorageLike | undefined,
  { vfsBytes }: Limits,
  runtimeRoot = "/runtime",
): Promise<VfsStore> {
  const store =
    storage === undefined
      ? new MemoryStore({ quotaBytes: vfsBytes })
      : await TreeStore.open(new DurableObjectBackend(storage), { quotaBytes: vfsBytes, persisted: true });
  store.fs.mkdir(runtimeRoot, { recursive: true });
  return store;
}
