/**
 * Opens the store that `EngineOptions.storage` asks for, as far as web platforms have it. A directory is opened by
 * Node-only code (`backends/directory-store.ts`), so that no browser bundle meets `node:fs`.
 * @module
 */
import type { StorageOptions } from "../contract/contract.ts";
import { LuaSkillsError } from "../errors.ts";
import { defaultLimits } from "../limits.ts";
import { KeptBackend } from "./backends/kept.ts";
import type { RehearsedStore } from "./browser-store.ts";
import type { CommitBatch, VfsStore } from "./interface.ts";
import { MemoryStore } from "./memory-store.ts";
import { type BrowserLimits, defaultStorageName } from "./store-options.ts";
import { TreeStore } from "./tree-store.ts";

export interface OpenStoreContext {
  readonly limits?: BrowserLimits;
  /** Created when missing. Default `/runtime`. */
  readonly runtimeRoot?: string;
  /** Ends a wait for a store that is in use. */
  readonly signal?: AbortSignal;
  /** Unix milliseconds; default `Date.now`. */
  readonly now?: () => number;
  /** The page owns the store already, for this engine. Default false: the lock is taken here. */
  readonly lockHeld?: boolean;
  /** What a spare has found out about the store. */
  readonly rehearsed?: RehearsedStore;
  /** For memory that outlives its engine: what was committed before, and where commits go. */
  readonly keeping?:
    | undefined
    | {
        readonly kept: ReadonlyArray<readonly [string, unknown]>;
        keep(batch: CommitBatch): void;
      };
}

/**
 * Never falls back to memory by itself.
 * @throws LuaSkillsError `storage_unavailable` | `storage_corrupt` | `storage_in_use` | `storage_error` | `aborted`
 */
export async function openStore(storage: StorageOptions, context: OpenStoreContext = {}): Promise<VfsStore> {
  const store = await open(storage, context.limits ?? defaultLimits, context);
  store.fs.mkdir(context.runtimeRoot ?? "/runtime", { recursive: true });
  return store;
}

async function open(storage: StorageOptions, limits: BrowserLimits, context: OpenStoreContext): Promise<VfsStore> {
  const { vfsBytes: quotaBytes, residentBytes } = limits;
  switch (storage.kind) {
    case "memory":
      if (!context.keeping) return new MemoryStore({ quotaBytes, now: context.now });
      return TreeStore.open(new KeptBackend(context.keeping.kept, context.keeping.keep), {
        quotaBytes,
        now: context.now,
      });
    case "opfs":
    case "browser":
    case "indexeddb": {
      const name = storage.name ?? defaultStorageName;
      const { whenInUse } = storage;
      const lock = context.lockHeld
        ? undefined
        : await (await import("./lock.ts")).acquireStoreLock(`indexeddb:${name}`, {
            whenInUse,
            signal: context.signal,
          });
      try {
        const { openBrowserBackend } = await import("./browser-store.ts");
        const { backend, ...found } = await openBrowserBackend(storage, limits, context.rehearsed);
        return await TreeStore.open(backend, { quotaBytes, residentBytes, now: context.now, lock, ...found });
      } catch (error) {
        await lock?.release();
        throw error;
      }
    }
    case "directory":
      throw new LuaSkillsError(
        "storage_unavailable",
        'storage: { kind: "directory" } needs Node; in a browser use { kind: "browser" } or { kind: "memory" }.',
      );
  }
}
