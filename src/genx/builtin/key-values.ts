import type { LuaValue } from "../../lua/interface.ts";

/** Somewhere that survives the runtime. Values are JSON-like. */
export interface KeyValueBackend {
  /** Everything that was kept; asked once, before the first script runs. */
  load(): Promise<Readonly<Record<string, LuaValue>>>;
  /** Called after each change, in order; a value that is undefined was deleted. */
  write(key: string, value: LuaValue): Promise<void>;
}

interface Entry {
  readonly value: LuaValue;
  /** Unix milliseconds; Infinity: stays. */
  readonly expires: number;
}

/** The key-value store of `__builtin.kvs_*` and `cache_*`: reads answer at once from memory, writes go on to the backend. */
export class KeyValues {
  readonly #values = new Map<string, Entry>();
  readonly #now: () => number;
  readonly #backend: KeyValueBackend | undefined;
  readonly #failed: (key: string, error: unknown) => void;
  #written: Promise<void> = Promise.resolve();

  constructor(options: {
    readonly now: () => number;
    readonly backend?: KeyValueBackend;
    /** Told about a write that the backend refused. */
    readonly failed?: (key: string, error: unknown) => void;
  }) {
    this.#now = options.now;
    this.#backend = options.backend;
    this.#failed = options.failed ?? (() => {});
  }

  async load(): Promise<void> {
    for (const [key, value] of Object.entries((await this.#backend?.load()) ?? {})) {
      this.#values.set(key, { value, expires: Infinity });
    }
  }

  get(key: string): LuaValue {
    const entry = this.#values.get(key);
    if (entry === undefined) return undefined;
    if (entry.expires > this.#now()) return entry.value;
    this.#values.delete(key);
    return undefined;
  }

  /** @param ttlMs milliseconds until it is gone; default: it stays */
  set(key: string, value: LuaValue, ttlMs = Infinity): void {
    if (value === undefined || value === null) {
      this.delete(key);
      return;
    }
    this.#values.set(key, { value, expires: this.#now() + ttlMs });
    this.#write(key, value);
  }

  delete(key: string): void {
    if (this.#values.delete(key)) this.#write(key, undefined);
  }

  /** Resolves when every write so far has reached the backend or was reported as failed. */
  flush(): Promise<void> {
    return this.#written;
  }

  #write(key: string, value: LuaValue): void {
    const backend = this.#backend;
    if (backend === undefined) return;
    this.#written = this.#written
      .then(() => backend.write(key, value))
      .catch((error: unknown) => this.#failed(key, error));
  }
}
