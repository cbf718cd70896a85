/**
 * The engine inline in a Worker or a Durable Object.
 * @module
 */
import { type SupervisedRuntime, superviseRuntime } from "../../client/create-runtime.ts";
import { InlineLink } from "../../client/inline-transport.ts";
import type { Runtime, RuntimeOptions } from "../../contract.ts";
import { createInlineEndpoint } from "../../engine/inline.ts";
import { type Limits, resolveLimits } from "../../limits.ts";
import { bootLua } from "../../lua/boot.ts";
import type { EngineEndpoint } from "../../protocol.ts";
import { DurableObjectBackend, type DurableObjectStorageLike } from "../../vfs/backends/durable-object.ts";
import type { VfsStore } from "../../vfs/interface.ts";
import { MemoryStore } from "../../vfs/memory-store.ts";
import { TreeStore } from "../../vfs/tree-store.ts";
import { assemblePlatform } from "../assemble.ts";
import lua from "./lua.wasm";
import sqlite from "./sqlite3.wasm";
import trampolines from "./trampolines.wasm";

export interface EdgeRuntimeOptions
  extends Omit<RuntimeOptions, "worker" | "workerUrl" | "warmSpare" | "storage" | "wasm"> {
  /** `ctx.storage` of a Durable Object with SQLite storage; without it nothing survives the isolate. */
  readonly storage?: DurableObjectStorageLike;
}

/** An isolate has 128 MB for everything, and its clock stands still while code runs: a budget stands in for the deadline. */
export const edgeLimits = {
  vmMemoryBytes: 32 * 2 ** 20,
  vfsBytes: 64 * 2 ** 20,
  sqliteMemoryBytes: 32 * 2 ** 20,
  cacheBytes: 8 * 2 ** 20,
  runInstructions: 500_000_000,
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

/** As `createEdgeRuntime`, for hosts that serve the runtime to others. */
export function superviseEdgeRuntime({ storage, ...given }: EdgeRuntimeOptions = {}): Promise<SupervisedRuntime> {
  const options = { pool: { min_size: 1, max_size: 2 }, ...given, limits: { ...edgeLimits, ...given.limits } };
  const endpoint = (): EngineEndpoint =>
    createInlineEndpoint((_start, wiring) => {
      const booted = bootLua({ wasm: lua, waiting: options.waiting });
      const store = openEdgeStore(storage, resolveLimits(options.limits), options.runtimeRoot);
      const sqliteParts = { sqliteWasm: sqlite, sqliteTrampolines: trampolines };
      return assemblePlatform({ environment: "workerd", lua: booted, store, ...sqliteParts }, wiring);
    });
  return superviseRuntime({ ...options, storage: { kind: "memory" } }, {}, () => new InlineLink(endpoint()));
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
