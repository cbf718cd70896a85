import { storeLockName, tabLockName } from "./names.ts";

/** A runtime's place among the tabs of a store: its own lock, and its turn to own the store. */
export class Seat {
  /** Resolves when this tab owns the store. */
  readonly mine: Promise<void>;
  readonly #end = new AbortController();

  constructor(store: string, tab: string) {
    const { signal } = this.#end;
    const untilLeft = () =>
      new Promise<void>((letGo) => {
        if (signal.aborted) letGo();
        signal.addEventListener("abort", () => letGo());
      });
    // AbortError is our own leaving; nothing else waits for a place.
    navigator.locks.request(tabLockName(store, tab), { signal }, untilLeft).catch(() => {});
    this.mine = new Promise((resolve) => {
      navigator.locks
        .request(storeLockName(store), { signal }, () => {
          resolve();
          return untilLeft();
        })
        .catch(() => {}); // AbortError of our own leaving
    });
  }

  /** Idempotent. */
  leave(): void {
    this.#end.abort();
  }
}

/** Whether the owner of the store, if there is one, lets others use its engine; `tab` asks. */
export async function ownerShares(store: string, tab: string): Promise<boolean> {
  const { held = [] } = await navigator.locks.query();
  const owner = held.find(({ name }) => name === storeLockName(store));
  if (!owner) return true;
  const own = tabLockName(store, tab);
  return held.some(
    ({ name, clientId }) => name !== own && name?.startsWith(tabLockName(store, "")) && clientId === owner.clientId,
  );
}
