/**
 * The memory tree with a durable backend behind it.
 * @module
 */
import { LuaSkillsError } from "../errors.ts";
import { defaultLimits } from "../limits.ts";
import { ChangeLog } from "./change-log.ts";
import type { StoreDamage, VfsBackend, VfsStore } from "./interface.ts";
import { loadTree } from "./load/load-tree.ts";
import type { StoreLock } from "./lock.ts";
import { MemoryTree, type TreeObserver } from "./memory-tree.ts";
import { Residency } from "./residency.ts";
import { sourcesOf } from "./sources.ts";
import type { TreeNode } from "./tree-node.ts";

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
  readonly mover?: Mover;
}

/** What a store that moved works with from now on. */
export interface Moved {
  readonly backend: VfsBackend;
  readonly log: ChangeLog;
  readonly residency: Residency | undefined;
}

/** Copies a tree whose changes are all committed to the other kind of storage; gives the bytes so far. */
export type Mover = (
  tree: MemoryTree,
  from: VfsBackend,
  to: "opfs" | "indexeddb",
) => Promise<AsyncGenerator<number, Moved, undefined>>;

/** Tells the log of the storage that the tree has at the moment. */
class Observer implements TreeObserver {
  constructor(public log: ChangeLog) {}

  touched(node: TreeNode): void {
    this.log.touched(node);
  }

  removed(node: TreeNode): void {
    this.log.removed(node);
  }
}

interface Waiting {
  strict: boolean;
  readonly done: Promise<void>;
}

export class TreeStore implements VfsStore {
  readonly fs: MemoryTree;
  readonly persisted: boolean;
  #backend: VfsBackend;
  readonly #observer: Observer;
  #residency: Residency | undefined;
  /** Commits wait for it. */
  #moving: Promise<void> | undefined;
  /** To the other kind of storage; absent where there is only one. */
  readonly move: VfsStore["move"];
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
    observer: Observer,
    residency: Residency | undefined,
    /** What a salvaged store could not give. */
    private readonly lost: readonly StoreDamage[],
    options: TreeStoreOptions,
  ) {
    this.#backend = backend;
    this.#residency = residency;
    this.fs = fs;
    this.#observer = observer;
    const { mover } = options;
    this.move = mover && ((to) => this.#move(mover, to));
    this.#lock = options.lock;
    this.persisted = options.persisted ?? false;
  }

  /** Loads everything the backend holds. @throws LuaSkillsError `storage_error` */
  static async open(backend: VfsBackend, options: TreeStoreOptions = {}): Promise<TreeStore> {
    const { residentBytes = defaultLimits.residentBytes } = options;
    const residency = backend.read && new Residency(residentBytes);
    const sourceOf = sourcesOf(backend, residency);
    const log = new ChangeLog(backend.shape, sourceOf);
    const observer = new Observer(log);
    const lost: StoreDamage[] = [];
    const tree = new MemoryTree({ quotaBytes: options.quotaBytes, now: options.now, observer });
    try {
      const tell = (damage: LuaSkillsError) => void lost.push(damageOf(damage));
      const salvage = backend.salvage ? (await import("./load/salvage.ts")).salvageTelling(tell) : undefined;
      loadTree(await backend.load(), tree, log, sourceOf, salvage);
    } catch (error) {
      await backend.close();
      throw LuaSkillsError.from(error, "storage_error");
    }
    return new TreeStore(backend, tree, observer, residency, lost, options);
  }

  get kind(): VfsStore["kind"] {
    return this.#backend.kind;
  }

  get dirty(): boolean {
    return this.#observer.log.dirty;
  }

  get memoryBytes(): number {
    return this.#residency?.bytes ?? this.fs.quota.used;
  }

  async *verify(): AsyncGenerator<number, StoreDamage[], undefined> {
    if (this.#backend.verify) return [...this.lost, ...(yield* this.#backend.verify())];
    try {
      loadTree(await this.#backend.load(), new MemoryTree(), new ChangeLog(this.#backend.shape));
      return [];
    } catch (error) {
      return [damageOf(LuaSkillsError.from(error, "storage_error"))];
    }
  }

  async *#move(mover: Mover, to: "opfs" | "indexeddb"): AsyncGenerator<number, void, undefined> {
    if (to === this.kind) return;
    let end = (): void => {};
    await this.#last.catch(() => undefined);
    this.#moving = new Promise((resolve) => {
      end = resolve;
    });
    try {
      const moved = yield* await mover(this.fs, this.#backend, to);
      this.#backend = moved.backend;
      this.#residency = moved.residency;
      this.#observer.log = moved.log;
    } finally {
      this.#moving = undefined;
      end();
    }
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
      this.#next = undefined;
      return this.#write(next.strict);
    };
    const next: Waiting = { strict, done: this.#last.then(start, start) };
    this.#next = next;
    this.#last = next.done;
    return next.done;
  }

  #needed(strict: boolean): boolean {
    return this.#observer.log.dirty || (strict && this.#unflushed);
  }

  async #write(strict: boolean): Promise<void> {
    await this.#moving;
    if (!this.#needed(strict)) return;
    const taken = this.#observer.log.take();
    this.#running = true;
    try {
      await this.#backend.commit(taken.batch, { strict });
      taken.done();
      this.#unflushed = !strict;
    } catch (error) {
      // Nothing is ever written to what is salvaged: this commit says so, the next ones are not to fail for it.
      if (this.#backend.salvage !== true) taken.undo();
      throw LuaSkillsError.from(error, "storage_error");
    } finally {
      this.#running = false;
    }
  }
}

function damageOf({ message, data }: LuaSkillsError): StoreDamage {
  return { where: typeof data.key === "string" ? data.key : "store", what: message };
}
