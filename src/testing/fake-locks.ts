// Web Locks for tests in Node: exclusive and shared, queues, signals.

interface Request {
  readonly name: string;
  readonly mode: LockMode;
  readonly clientId: string;
  grant(): void;
}

/** The locks of one origin; `client` is the view of one tab. */
export class FakeLocks {
  readonly #held: Request[] = [];
  readonly #queue: Request[] = [];

  client(clientId: string): LockManager {
    const request = async (
      name: string,
      options: LockOptions | LockGrantedCallback<unknown>,
      given?: LockGrantedCallback<unknown>,
    ): Promise<unknown> => {
      const { mode = "exclusive", signal, ifAvailable } = typeof options === "function" ? ({} as LockOptions) : options;
      const work = given ?? (options as LockGrantedCallback<unknown>);
      signal?.throwIfAborted();
      if (ifAvailable && !this.#free(name, mode)) return work(null);
      const entry = await this.#turn({ name, mode, clientId }, signal);
      try {
        return await work({ name, mode });
      } finally {
        this.#end(entry);
      }
    };
    return {
      request: request as LockManager["request"],
      query: async () => ({ held: [...this.#held], pending: [...this.#queue] }),
    };
  }

  #turn(facts: Omit<Request, "grant">, signal: AbortSignal | undefined): Promise<Request> {
    return new Promise((resolve, reject) => {
      const entry: Request = { ...facts, grant: () => resolve(entry) };
      this.#queue.push(entry);
      signal?.addEventListener("abort", () => {
        const at = this.#queue.indexOf(entry);
        if (at < 0) return;
        this.#queue.splice(at, 1);
        reject(signal.reason);
        this.#next();
      });
      this.#next();
    });
  }

  #end(entry: Request): void {
    const at = this.#held.indexOf(entry);
    if (at >= 0) this.#held.splice(at, 1);
    this.#next();
  }

  #next(): void {
    for (const entry of [...this.#queue]) {
      const before = this.#queue.slice(0, this.#queue.indexOf(entry)).some(({ name }) => name === entry.name);
      if (before || !this.#free(entry.name, entry.mode)) continue;
      this.#queue.splice(this.#queue.indexOf(entry), 1);
      this.#held.push(entry);
      queueMicrotask(() => entry.grant());
    }
  }

  #free(name: string, mode: LockMode): boolean {
    const same = this.#held.filter((each) => each.name === name);
    return same.length === 0 || (mode === "shared" && same.every((each) => each.mode === "shared"));
  }
}
