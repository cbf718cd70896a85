import { nextLockName, storeLockName, tabLockName } from "./names.ts";

/** A runtime's place among the tabs of a store: its own lock, and its turn to own the store. */
export class Seat {
  /** Resolves when this tab is the next to lead. */
  readonly next: Promise<void>;
  /** Resolves when this tab owns the store. */
  readonly mine: Promise<void>;
  readonly #end = new AbortController();

  constructor(store: string, tab: string) {
    const { signal } = this.#end;
    const left = new Promise<void>((resolve) => {
      signal.addEventListener("abort", () => resolve());
    });
    const [next, follows] = settled();
    const [mine, owns] = settled();
    this.next = next;
    this.mine = mine;
    const queue = () => {
      follows();
      this.#hold(storeLockName(store), () => {
        owns();
        return left;
      });
      // With the store in our hands somebody else is the next.
      return Promise.race([left, mine]);
    };
    // Its own first, which tabs that watched an earlier part of it may still have: by it others see that the owner shares the store.
    this.#hold(tabLockName(store, tab), () => {
      this.#hold(nextLockName(store), queue);
      return left;
    });
  }

  /** Idempotent. */
  leave(): void {
    this.#end.abort();
  }

  #hold(lock: string, held: () => Promise<void>): void {
    const { signal } = this.#end;
    const work = () => (signal.aborted ? undefined : held());
    navigator.locks.request(lock, { signal }, work).catch(() => {}); // AbortError of our own leaving
  }
}

function settled(): readonly [promise: Promise<void>, resolve: () => void] {
  let resolve = () => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return [promise, resolve];
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
