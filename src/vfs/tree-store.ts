/**
 * The memory tree with a durable backend behind it.
 * @module
 */
import { LuaSkillsError } from "../errors.ts";
import { defaultLimits } from "../limits.ts";
import { ChangeLog } from "./change-log.ts";
import type { ChunkSource } from "./file-content.ts";
import type { VfsBackend, VfsStore } from "./interface.ts";
import { loadTree } from "./load-tree.ts";
import type { StoreLock } from "./lock.ts";
import { MemoryTree } from "./memory-tree.ts";
import { chunkKey } from "./records.ts";
import { Residency } from "./residency.ts";

export interface TreeStoreOptions {
  /** Bytes; default no limit. */
  readonly quotaBytes?: number;
  /** Bytes of stored content kept in memory, where the backend can read the rest at once. Default 64 MiB. */
  readonly residentBytes?: number;
  /** Unix milliseconds; default `Date.now`. */
  readonly now?: () => number;
  /** Let go of when the store closes. */
  readonly lock?: StoreLock;
  readonly persisted?: boolean;
}

interface Waiting {
  strict: boolean;
  readonly done: Promise<void>;
}

export class TreeStore implements VfsStore {
  readonly fs: MemoryTree;
  readonly persisted: boolean;
  readonly #backend: VfsBackend;
  readonly #log: ChangeLog;
  readonly #residency: Residency | undefined;
  readonly #lock: StoreLock | undefined;
  /** The last batch, finished or not; the next one starts after it. */
  #last: Promise<void> = Promise.resolve();
  #next: Waiting | undefined;
  #running = false;
  /** Something is committed that only the platform's relaxed promise covers. */
  #unflushed = false;
  #closing: Promise<void> | undefined;

  private constructor(
    backend: VfsBackend,
    fs: MemoryTree,
    log: ChangeLog,
    residency: Residency | undefined,
    options: TreeStoreOptions,
  ) {
    this.#backend = backend;
    this.#residency = residency;
    this.fs = fs;
    this.#log = log;
    this.#lock = options.lock;
    this.persisted = options.persisted ?? false;
  }

  /** Loads everything the backend holds. @throws LuaSkillsError `storage_error` */
  static async open(backend: VfsBackend, options: TreeStoreOptions = {}): Promise<TreeStore> {
    const { residentBytes = defaultLimits.residentBytes } = options;
    const residency = backend.read && new Residency(residentBytes);
    const sourceOf = residency && ((id: number) => chunkSource(backend, id, residency));
    const log = new ChangeLog(backend.shape, sourceOf);
    const tree = new MemoryTree({ quotaBytes: options.quotaBytes, now: options.now, observer: log });
    try {
      loadTree(await backend.load(), tree, log, sourceOf);
    } catch (error) {
      await backend.close();
      throw LuaSkillsError.from(error, "storage_error");
    }
    return new TreeStore(backend, tree, log, residency, options);
  }

  get kind(): VfsStore["kind"] {
    return this.#backend.kind;
  }

  get dirty(): boolean {
    return this.#log.dirty;
  }

  get memoryBytes(): number {
    return this.#residency?.bytes ?? this.fs.quota.used;
  }

  commit(options: { strict?: boolean } = {}): Promise<void> {
    if (this.#closing) {
      return Promise.reject(
        new LuaSkillsError("storage_error", "the store is closed; its changes were committed then"),
      );
    }
    return this.#commit(options.strict === true);
  }

  close(): Promise<void> {
    this.#closing ??= this.#commit(true).finally(async () => {
      try {
        await this.#backend.close();
      } finally {
        await this.#lock?.release();
      }
    });
    return this.#closing;
  }

  #commit(strict: boolean): Promise<void> {
    // A running batch may still fail and hand its changes back, so even a clean tree waits for it.
    if (!this.#running && !this.#next && !this.#needed(strict)) return Promise.resolve();
    if (this.#next) {
      this.#next.strict ||= strict;
      return this.#next.done;
    }
    const start = (): Promise<void> => {
      const wanted = this.#next?.strict ?? strict;
      this.#next = undefined;
      return this.#write(wanted);
    };
    const done = this.#last.then(start, start);
    this.#next = { strict, done };
    this.#last = done;
    return done;
  }

  #needed(strict: boolean): boolean {
    return this.#log.dirty || (strict && this.#unflushed);
  }

  async #write(strict: boolean): Promise<void> {
    if (!this.#needed(strict)) return;
    const taken = this.#log.take();
    this.#running = true;
    try {
      await this.#backend.commit(taken.batch, { strict });
      taken.done();
      this.#unflushed = !strict;
    } catch (error) {
      taken.undo();
      throw LuaSkillsError.from(error, "storage_error");
    } finally {
      this.#running = false;
    }
  }
}

function chunkSource(backend: VfsBackend, id: number, residency: Residency): ChunkSource {
  return {
    residency,
    read: (index) => (backend.read as (key: string) => Uint8Array).call(backend, chunkKey(id, index)),
  };
}
