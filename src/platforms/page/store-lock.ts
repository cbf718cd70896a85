import { throwIfAborted } from "../../client/call-watch.ts";
import type { StorageOptions } from "../../contract/contract.ts";
import { LuaSkillsError } from "../../errors.ts";

/** The right to the one engine of a store. */
export interface StoreHold {
  /** Resolves when this page owns the store. Rejects with `storage_in_use` | `aborted`. */
  readonly held: Promise<void>;
  /** Idempotent; gives up waiting, too. */
  release(): void;
}

const nothingToHold: StoreHold = { held: Promise.resolve(), release() {} };

/**
 * The page, not its worker, owns the store: Chromium lets a terminated worker that is stuck in a loop live on for two
 * seconds with all its locks, and the worker that replaces it must not wait for that. What such a zombie might still
 * write is refused by the store (vfs/backends/indexeddb.ts).
 */
export function holdStore(storage: StorageOptions = { kind: "indexeddb" }, signal?: AbortSignal): StoreHold {
  const locks = globalThis.navigator?.locks;
  if (storage.kind !== "indexeddb" || !locks) return nothingToHold;
  const name = storage.name ?? "luaskills";
  const lockName = storeLockName(name);
  const end = new AbortController();
  const giveUp = () => end.abort();
  signal?.addEventListener("abort", giveUp);
  const held = new Promise<void>((resolve, reject) => {
    const wait = storage.whenInUse === "wait";
    locks
      .request(lockName, wait ? { signal: end.signal } : { ifAvailable: true }, (lock) => {
        signal?.removeEventListener("abort", giveUp);
        if (!lock) return reject(inUse(name));
        void askToPersist();
        resolve();
        return new Promise<void>((letGo) => {
          if (end.signal.aborted) letGo();
          end.signal.addEventListener("abort", () => letGo());
        });
      })
      .catch((thrown: unknown) => {
        try {
          throwIfAborted(signal);
          reject(LuaSkillsError.from(thrown, "storage_unavailable"));
        } catch (aborted) {
          reject(aborted);
        }
      });
  });
  // Whoever waits for `held` hears of it.
  held.catch(() => {});
  return { held, release: giveUp };
}

/** Only a window may ask; what was granted is in `runtime.capabilities.storage.persisted` from the next start on. */
async function askToPersist(): Promise<void> {
  const storage = globalThis.navigator.storage as Partial<StorageManager> | undefined;
  try {
    if ((await storage?.persisted?.()) === false) await storage?.persist?.();
  } catch {
    // Opaque origins throw. The store works all the same; the browser may clear it when the disk is full.
  }
}

/** The same name as the engine's own lock has where it is not held for it (vfs/open-store.ts). */
export function storeLockName(storageName: string): string {
  return `luaskills-wasm:indexeddb:${storageName}`;
}

function inUse(name: string): LuaSkillsError {
  return new LuaSkillsError(
    "storage_in_use",
    `another tab or worker has opened the store "${name}". Close it there, ask to wait with ` +
      '`storage: { kind: "indexeddb", whenInUse: "wait" }`, or use another storage name.',
    { data: { store: name } },
  );
}
