/**
 * One owner per store, by Web Locks. Two engines over one store would each hold a tree in memory and overwrite the
 * other's commits.
 * @module
 */
import { LuaSkillsError } from "../errors.ts";
import { storageRefused } from "./backends/site-data.ts";

export interface StoreLock {
  /** Before a commit: somebody may have taken away what the lock is made of. @throws LuaSkillsError `storage_in_use` */
  verify?(): void;
  /** Idempotent. */
  release(): Promise<void>;
}

export interface StoreLockOptions {
  /** Default "fail". */
  readonly whenInUse?: "share" | "fail" | "wait";
  readonly signal?: AbortSignal;
  /** Default `navigator.locks`; where there is none the lock is taken for granted. */
  readonly locks?: LockManager;
}

/** Where there is nothing to take: no locks on this platform, or somebody above took it. */
const heldElsewhere: StoreLock = { release: () => Promise.resolve() };

/**
 * @param name what is owned, e.g. `indexeddb:luaskills`
 * @throws LuaSkillsError `storage_in_use` | `aborted`
 */
export async function acquireStoreLock(name: string, options: StoreLockOptions = {}): Promise<StoreLock> {
  const locks = options.locks ?? globalThis.navigator?.locks;
  if (options.signal?.aborted === true) throw LuaSkillsError.from(options.signal.reason, "aborted");
  if (locks === undefined) return heldElsewhere;
  const wait = options.whenInUse === "wait";
  // The platform refuses `ifAvailable` together with `signal`; a request that does not wait needs none.
  const request: LockOptions = wait ? { signal: options.signal } : { ifAvailable: true };
  return new Promise<StoreLock>((resolve, reject) => {
    const held = locks.request(`luaskills-wasm:${name}`, request, (lock) => {
      if (lock === null) {
        reject(
          new LuaSkillsError(
            "storage_in_use",
            `another tab or worker has opened this store (${name}). Close it there, ask to wait with ` +
              '`storage: { whenInUse: "wait" }`, or use another storage name.',
            { data: { store: name } },
          ),
        );
        return undefined;
      }
      return new Promise<void>((letGo) => {
        resolve({
          release: async () => {
            letGo();
            await held;
          },
        });
      });
    });
    held.catch((error: unknown) => {
      reject(
        options.signal?.aborted ? LuaSkillsError.from(error, "aborted") : storageRefused(`the store (${name})`, error),
      );
    });
  });
}
