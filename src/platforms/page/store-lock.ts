import { settlesWithin } from "../../base/patience.ts";
import { throwIfAborted } from "../../client/call-watch.ts";
import { storeLockName, tabLockName, uniqueName } from "../../client/tabs/names.ts";
import type { StorageOptions } from "../../contract/contract.ts";
import { LuaSkillsError } from "../../errors.ts";

/** The right to the one engine of a store. */
export interface StoreHold {
  readonly store: string;
  /** This runtime's name among those that share the store; empty when it does not share. */
  readonly tab: string;
  /** True when this page owns the store, false when somebody else does and we share. Rejects with `storage_in_use` | `aborted`. */
  readonly held: Promise<boolean>;
  /** Idempotent; gives up waiting, too. */
  release(): void;
}

/** Stores this page holds, with the end of each hold. React mounts twice in development: the second start meets the first, which is on its way out. */
// allowed: the locks belong to the page as well
const heldHere = new Map<string, Promise<void>>();
/** Milliseconds a start waits for a runtime of the same page to let go. */
const ownPatienceMs = 2_000;

const nothingToHold: StoreHold = { store: "", tab: "", held: Promise.resolve(true), release() {} };

/**
 * The page, not its worker, owns the store: Chromium lets a terminated worker that is stuck in a loop live on for two
 * seconds with all its locks, and the worker that replaces it must not wait for that. What such a zombie might still
 * write is refused by the store (vfs/backends).
 */
export function holdStore(storage: StorageOptions = { kind: "browser" }, signal?: AbortSignal): StoreHold {
  const locks = globalThis.navigator?.locks;
  if (storage.kind === "memory" || storage.kind === "directory" || !locks) return nothingToHold;
  const name = storage.name ?? "luaskills";
  const lockName = storeLockName(name);
  const tab = (storage.whenInUse ?? "share") === "share" ? uniqueName() : "";
  const end = new AbortController();
  const giveUp = () => end.abort();
  const untilReleased = () =>
    new Promise<void>((letGo) => {
      if (end.signal.aborted) letGo();
      end.signal.addEventListener("abort", () => letGo());
    });
  // First, so that whoever finds the store taken finds this, too. It fails where the other one does.
  if (tab !== "") locks.request(tabLockName(name, tab), untilReleased).catch(() => {});
  signal?.addEventListener("abort", giveUp);
  const before = heldHere.get(lockName);
  const held = new Promise<boolean>((resolve, reject) => {
    const wait = storage.whenInUse === "wait";
    const take = () => {
      let free = () => {};
      const freed = new Promise<void>((done) => {
        free = done;
      });
      const request = locks.request(lockName, wait ? { signal: end.signal } : { ifAvailable: true }, (lock) => {
        signal?.removeEventListener("abort", giveUp);
        if (!lock) return tab === "" ? reject(inUse(name)) : resolve(false);
        void askToPersist();
        resolve(true);
        heldHere.set(lockName, freed);
        return untilReleased();
      });
      return request.finally(free);
    };
    const taken = before && !wait && tab === "" ? settlesWithin(before, ownPatienceMs).then(take) : take();
    taken
      .catch(async (thrown: unknown) => {
        throwIfAborted(signal);
        throw (await import("./start-faults.ts")).storeFault(name, thrown);
      })
      .catch(reject);
  });
  // Whoever waits for `held` hears of it.
  held.catch(() => {});
  return { store: name, tab, held, release: giveUp };
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

function inUse(name: string): LuaSkillsError {
  return new LuaSkillsError(
    "storage_in_use",
    `another tab or worker has opened the store "${name}". Close it there, ask to wait with ` +
      '`storage: { kind: "browser", whenInUse: "wait" }`, or use another storage name.',
    { data: { store: name } },
  );
}
