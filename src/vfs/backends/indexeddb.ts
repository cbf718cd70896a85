/**
 * The tree's records in IndexedDB, one commit = one readwrite transaction with its puts and its deletes.
 * @module
 */
import { createStore } from "idb-keyval";
import { messageOf } from "../../base/message-of.ts";
import { LuaSkillsError } from "../../errors.ts";
import type { CommitBatch, VfsBackend } from "../interface.ts";
import { isFull, noRoom, noRoomToOpen, siteDataCleared, storageRefused } from "./site-data.ts";

const storeName = "records";
/** Not records of the tree: which owner the store has (a number that grows), and which earlier ones are shut out. */
const ownerKey = "!owner";
/** Being filled: not a store yet. */
const stagingKey = "!staging";
const shutOut = (owner: number) => `!shut-out/${owner}`;
/** Shut-out marks kept; a worker that outlives this many successors does not exist. */
const marksKept = 16;
/** Some WebKit versions let `indexedDB.open` hang for ever; a healthy open takes milliseconds. */
const openTimeoutMs = 10_000;

export class IndexedDbBackend implements VfsBackend {
  readonly kind = "indexeddb";
  #connection: ReturnType<typeof createStore>;
  /** The one last used. */
  #database: IDBDatabase | undefined;
  #owner = 0;
  #staging = false;

  private constructor(readonly name: string) {
    this.#connection = createStore(name, storeName);
  }

  /** @throws LuaSkillsError `storage_unavailable` when this context has no usable IndexedDB, `quota_exceeded` when it has no room */
  static async open(name: string): Promise<IndexedDbBackend> {
    if (typeof indexedDB === "undefined") {
      throw storageRefused(`IndexedDB "${name}"`, "this environment has no IndexedDB");
    }
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`no answer after ${openTimeoutMs} ms`)), openTimeoutMs);
    });
    try {
      const backend = new IndexedDbBackend(name);
      // Private windows and blocked third-party storage refuse here, at the first touch, and not before.
      await Promise.race([backend.#store("readwrite", (store) => backend.#takeOver(store)), late]);
      return backend;
    } catch (error) {
      const place = `IndexedDB "${name}"`;
      throw isFull(error) ? noRoomToOpen(place, error) : storageRefused(place, error);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Removes the database of that name. @throws LuaSkillsError `storage_error` while something that is not ours has it open */
  static async remove(name: string, patienceMs = openTimeoutMs): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    try {
      await new Promise<void>((resolve, reject) => {
        const request = indexedDB.deleteDatabase(name);
        request.onsuccess = () => resolve();
        request.onerror = () => reject(request.error);
        request.onblocked = () => {
          timer = setTimeout(() => reject(blocked(name)), patienceMs);
        };
      });
    } finally {
      clearTimeout(timer);
    }
  }

  /** Whether it was being filled when it was opened, and is no store yet. */
  get staging(): boolean {
    return this.#staging;
  }

  /** Removes every record. `staging`: it is no store until {@link arrived}. */
  async clear({ staging }: { readonly staging: boolean }): Promise<void> {
    await this.#run("write", () =>
      this.#store("readwrite", (store) => {
        store.clear();
        store.put(this.#owner, ownerKey);
        if (staging) store.put(true, stagingKey);
        return finished(store.transaction);
      }),
    );
    this.#staging = staging;
  }

  /** Counts as a store from now on: what was moved here is whole, and nowhere else any more. */
  async arrived(): Promise<void> {
    await this.#run("write", () =>
      this.#store("readwrite", (store) => {
        store.delete(stagingKey);
        return finished(store.transaction);
      }),
    );
    this.#staging = false;
  }

  load(): Promise<Array<readonly [string, unknown]>> {
    return this.#run("read", () =>
      this.#store("readonly", async (store) => {
        const keys = store.getAllKeys();
        const values = store.getAll();
        await finished(store.transaction);
        return keys.result
          .map((key, index) => [String(key), values.result[index] as unknown] as const)
          .filter(([key]) => !key.startsWith("!"));
      }),
    );
  }

  /**
   * A connection that the browser has closed, or that had to give way to a removal or another version of the database, is no
   * reason to fail: the next use makes another. What has become of the database meanwhile the owner's record says.
   */
  async #store<T>(mode: IDBTransactionMode, work: (records: IDBObjectStore) => PromiseLike<T> | T): Promise<T> {
    let begun = false;
    const use = (records: IDBObjectStore) => {
      begun = true;
      const { db } = records.transaction;
      this.#database = db;
      db.onversionchange = () => db.close();
      return work(records);
    };
    try {
      return await this.#connection(mode, use);
    } catch (error) {
      if (begun || !(error instanceof Error && error.name === "InvalidStateError")) throw error;
      this.#connection = createStore(this.name, storeName);
      return this.#connection(mode, use);
    }
  }

  /** A value that is no record of the tree. */
  get(key: string): Promise<unknown> {
    return this.#run("read", () =>
      this.#store("readonly", async (store) => {
        const request = store.get(key);
        await finished(store.transaction);
        return request.result as unknown;
      }),
    );
  }

  async commit(batch: CommitBatch, options: { strict: boolean }): Promise<void> {
    await this.#run("write", () =>
      options.strict
        ? // idb-keyval opens its transactions without a durability; the connection behind them can be asked for one.
          this.#store("readonly", (store) =>
            this.#write(store.transaction.db.transaction(storeName, "readwrite", { durability: "strict" }), batch),
          )
        : this.#store("readwrite", (store) => this.#write(store.transaction, batch)),
    );
  }

  async close(): Promise<void> {
    // Not by a transaction: where the browser has closed the connection it would open another one, and a database that went
    // with the site's data would be there again.
    this.#database?.close();
  }

  /**
   * Whoever opens the store shuts out the owner before: a terminated worker may live on for seconds (Chromium), and a
   * commit of its must not land on top of its successor's.
   */
  async #takeOver(store: IDBObjectStore): Promise<void> {
    const staging = store.get(stagingKey);
    staging.onsuccess = () => {
      this.#staging = staging.result === true;
    };
    const last = store.get(ownerKey);
    last.onsuccess = () => {
      const before = typeof last.result === "number" ? last.result : 0;
      this.#owner = before + 1;
      store.put(this.#owner, ownerKey);
      store.put(true, shutOut(before));
      store.delete(shutOut(before - marksKept));
    };
    await finished(store.transaction);
  }

  /**
   * The question comes first and costs a turn of the event loop, which a terminated worker does not get any more. (An
   * `add` that fails would ask without one, but Firefox commits the rest after an explicit `commit`.)
   */
  #write(transaction: IDBTransaction, batch: CommitBatch): Promise<void> {
    const store = transaction.objectStore(storeName);
    const owner = store.get(ownerKey);
    const mark = store.getKey(shutOut(this.#owner));
    return new Promise((resolve, reject) => {
      let refused: unknown;
      mark.onsuccess = () => {
        try {
          if (mark.result !== undefined) throw this.#replaced();
          // The database is another one: the old one went with the site's data, and this one was made by the transaction.
          if (typeof owner.result !== "number") throw siteDataCleared({ store: this.name });
          for (const key of batch.deletes) store.delete(key);
          for (const [key, value] of batch.puts) store.put(value, key);
          // Without this the browser waits for one more turn of the event loop before it writes.
          transaction.commit();
        } catch (error) {
          // A put that throws leaves the earlier ones queued; they must not be stored alone.
          refused = error;
          transaction.abort();
        }
      };
      finished(transaction).then(resolve, (error: unknown) => reject(refused ?? error));
    });
  }

  #replaced(): LuaSkillsError {
    return new LuaSkillsError(
      "storage_in_use",
      `another engine has taken over the store "${this.name}"; nothing of this commit was written.`,
      { data: { store: this.name } },
    );
  }

  async #run<T>(what: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof LuaSkillsError) throw error;
      if (isFull(error)) throw noRoom(`IndexedDB "${this.name}"`, error);
      throw new LuaSkillsError("storage_error", `IndexedDB "${this.name}" could not ${what}: ${messageOf(error)}`, {
        cause: error,
      });
    }
  }
}

/** An error event of a request reaches the transaction before its error is known; the abort that follows carries it. */
function finished(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error ?? new Error("the transaction was aborted"));
  });
}

function blocked(name: string): LuaSkillsError {
  return new LuaSkillsError(
    "storage_error",
    `IndexedDB "${name}" could not be removed: something else on this site has it open and does not let go. Close it, or the tab it is in.`,
    { data: { store: name } },
  );
}
