import { keptBytes } from "../../base/values/kept-copy.ts";
import { LuaSkillsError } from "../../errors.ts";
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
  /** What it takes, about. */
  readonly bytes: number;
  /** Unix milliseconds; Infinity: stays. */
  readonly expires: number;
}

/** The key-value store of `__builtin.kvs_*` and `cache_*`: reads answer at once from memory, writes go on to the backend. */
export class KeyValues {
  readonly #limits: { readonly entries: number; readonly bytes: number };
  #bytes = 0;
  #unfinished = 0;
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
    /** Default 10,000 entries and 16 MiB: scripts must not fill the host's memory. */
    readonly limits?: { readonly entries: number; readonly bytes: number };
  }) {
    this.#limits = options.limits ?? { entries: 10_000, bytes: 16 * 1024 * 1024 };
    this.#now = options.now;
    this.#backend = options.backend;
    this.#failed = options.failed ?? (() => {});
  }

  async load(): Promise<void> {
    for (const [key, value] of Object.entries((await this.#backend?.load()) ?? {})) {
      this.#put(key, { value, bytes: keptBytes(key) + keptBytes(value), expires: Infinity });
    }
  }

  get(key: string): LuaValue {
    const entry = this.#values.get(key);
    if (entry === undefined) return undefined;
    if (entry.expires > this.#now()) return entry.value;
    this.#drop(key);
    return undefined;
  }

  /**
   * @param ttlMs milliseconds until it is gone; default: it stays
   * @throws LuaSkillsError `quota_exceeded`
   */
  set(key: string, value: LuaValue, ttlMs = Infinity): void {
    if (value === undefined || value === null) {
      this.delete(key);
      return;
    }
    const entry = { value, bytes: keptBytes(key) + keptBytes(value), expires: this.#now() + ttlMs };
    this.#makeRoom(key, entry.bytes);
    this.#put(key, entry);
    this.#write(key, value);
  }

  delete(key: string): void {
    if (this.#drop(key)) this.#write(key, undefined);
  }

  /** Resolves when every write so far has reached the backend or was reported as failed. */
  flush(): Promise<void> {
    return this.#written;
  }

  #write(key: string, value: LuaValue): void {
    const backend = this.#backend;
    if (backend === undefined) return;
    // A backend that writes at once has written before the script goes on.
    const write = () => backend.write(key, value);
    const begun = this.#unfinished === 0 ? attempt(write) : this.#written.then(write);
    this.#unfinished++;
    this.#written = begun
      .catch((error: unknown) => this.#failed(key, error))
      .finally(() => {
        this.#unfinished--;
      });
  }

  #put(key: string, entry: Entry): void {
    this.#drop(key);
    this.#values.set(key, entry);
    this.#bytes += entry.bytes;
  }

  #drop(key: string): boolean {
    this.#bytes -= this.#values.get(key)?.bytes ?? 0;
    return this.#values.delete(key);
  }

  #makeRoom(key: string, bytes: number): void {
    const fits = () => {
      const before = this.#values.get(key);
      const entries = this.#values.size + (before === undefined ? 1 : 0);
      return entries <= this.#limits.entries && this.#bytes - (before?.bytes ?? 0) + bytes <= this.#limits.bytes;
    };
    if (fits()) return;
    const now = this.#now();
    for (const [each, { expires }] of this.#values) if (expires <= now) this.#drop(each);
    if (fits()) return;
    throw new LuaSkillsError(
      "quota_exceeded",
      `"${key.slice(0, 100)}" does not fit: at most ${this.#limits.entries} values of ${this.#limits.bytes} bytes in all are kept; delete some`,
    );
  }
}

async function attempt(write: () => Promise<void>): Promise<void> {
  await write();
}
