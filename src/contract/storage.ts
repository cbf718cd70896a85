/**
 * Where files are kept, and what can be done with a store as a whole.
 * @module
 */

/**
 * What a tab gets whose store another tab, frame or worker has opened. `"share"` (default): it uses that one's engine, and takes
 * the lead when it goes. `"fail"`: `storage_in_use`. `"wait"`: it waits until the store is its own. The last two keep a store for
 * one runtime: whoever comes meanwhile gets `storage_in_use`.
 */
export type WhenInUse = "share" | "fail" | "wait";

export type StorageOptions =
  /** Nothing survives the runtime. */
  | { readonly kind: "memory" }
  /**
   * A page's own storage, the log in OPFS or IndexedDB: what a store of that name already is; for a new one the log, where
   * the browser has synchronous files for it.
   */
  | { readonly kind: "browser"; readonly name?: string; readonly whenInUse?: WhenInUse }
  /**
   * The log in the browser's origin private file system. `salvage` opens one that is damaged (`storage_corrupt`) with what
   * can be read, to be looked at, checked and backed up: calls that write fail then.
   */
  | { readonly kind: "opfs"; readonly name?: string; readonly whenInUse?: WhenInUse; readonly salvage?: boolean }
  /** `name` is the database. `salvage` as above. */
  | { readonly kind: "indexeddb"; readonly name?: string; readonly whenInUse?: WhenInUse; readonly salvage?: boolean }
  /** Node and the command line: a real directory holds the runtime root. */
  | { readonly kind: "directory"; readonly path: string };

/** A kind of storage that needs nothing else said. */
export type StorageShorthand = Exclude<StorageOptions, { readonly path: string }>["kind"];

export type RestoreSource = Blob | Uint8Array | ReadableStream<Uint8Array>;

/** Bytes, about: what is compressed or read twice is counted once. */
export interface StorageProgress {
  readonly done: number;
  readonly total: number;
}

export interface StorageJobOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: StorageProgress) => void;
}

export interface StorageProblem {
  /** `store`: of the records below the tree of files. */
  readonly kind: "store" | "file" | "sqlite" | "lancedb";
  /** Of the store: its file or record; else a path in the tree. */
  readonly path: string;
  readonly message: string;
}

export interface StorageReport {
  /** Nothing is wrong. */
  readonly ok: boolean;
  readonly kind: string;
  readonly files: number;
  /** Of the files. */
  readonly bytes: number;
  readonly databases: number;
  readonly vectorStores: number;
  readonly problems: readonly StorageProblem[];
}

export interface RuntimeStorage {
  /**
   * Moves the store of a runtime that was made with `storage: { kind: "browser" }` (the default) to the other kind: copied,
   * compared, switched over, then removed from its old place; a kill at any moment leaves one whole store. Waits for running
   * calls, and new ones wait for it. Nothing to do is fine. @throws LuaSkillsError invalid_argument, storage_unavailable,
   * quota_exceeded, conflict (calls run without an end), aborted: the store is where it was
   */
  move(to: "opfs" | "indexeddb", options?: StorageJobOptions): Promise<void>;
}

/** How the databases behind `vulcan.sqlite` are kept. */
export interface SqliteOptions {
  /**
   * `"vfs"` (default): a database is a file of the tree, in memory, and its changes are committed with the call's other
   * writes. `"opfs"`: databases lie in the browser's origin private file system, beside the store of this name, and do not count as memory; each SQL transaction is durable by itself when it commits. Only in a page's worker whose
   * browser has synchronous OPFS files: elsewhere the start fails with `storage_unavailable`, with a `storage` that is
   * not a browser's with `invalid_argument`. A database that lies in the tree moves to OPFS when its skill is loaded; the way
   * back is an export and an import.
   */
  readonly storage?: "vfs" | "opfs";
}
