/** A queue between who makes values and who takes them. A full one makes the maker wait. */
export class Channel<T> {
  readonly #items: T[] = [];
  readonly #takers: ((item: T | undefined) => void)[] = [];
  readonly #senders: (() => void)[] = [];
  #closed = false;

  /** @param capacity how many values may wait to be taken */
  constructor(readonly capacity = 16) {}

  get closed(): boolean {
    return this.#closed;
  }

  get size(): number {
    return this.#items.length;
  }

  /** Resolves when there was room. False when the channel is closed or the signal fired first. */
  async send(item: T, signal?: AbortSignal): Promise<boolean> {
    while (!this.#closed && this.#takers.length === 0 && this.#items.length >= this.capacity) {
      if (signal?.aborted) return false;
      await this.#room(signal);
    }
    if (signal?.aborted) return false;
    return this.push(item);
  }

  /** As `send`, whether there is room or not. */
  push(item: T): boolean {
    if (this.#closed) return false;
    const taker = this.#takers.shift();
    if (taker) taker(item);
    else this.#items.push(item);
    return true;
  }

  /** The next value; undefined once the channel is closed and empty, or when the signal fires. */
  take(signal?: AbortSignal): Promise<T | undefined> {
    const item = this.#items.shift();
    if (item !== undefined) {
      this.#senders.shift()?.();
      return Promise.resolve(item);
    }
    if (this.#closed || signal?.aborted) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      const taker = (given: T | undefined) => {
        signal?.removeEventListener("abort", stop);
        resolve(given);
      };
      const stop = () => {
        this.#takers.splice(this.#takers.indexOf(taker), 1);
        resolve(undefined);
      };
      signal?.addEventListener("abort", stop, { once: true });
      this.#takers.push(taker);
    });
  }

  /** A value that is there, without waiting. */
  poll(): T | undefined {
    const item = this.#items.shift();
    if (item !== undefined) this.#senders.shift()?.();
    return item;
  }

  /** Drops what waits to be taken. */
  clear(): void {
    this.#items.length = 0;
    this.#wakeSenders();
  }

  /** What is in the queue can still be taken. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const taker of this.#takers.splice(0)) taker(undefined);
    this.#wakeSenders();
  }

  #wakeSenders(): void {
    for (const wake of this.#senders.splice(0)) wake();
  }

  #room(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        signal?.removeEventListener("abort", stop);
        resolve();
      };
      const stop = () => {
        this.#senders.splice(this.#senders.indexOf(wake), 1);
        resolve();
      };
      signal?.addEventListener("abort", stop, { once: true });
      this.#senders.push(wake);
    });
  }
}
