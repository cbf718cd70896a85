/**
 * The virtual filesystem as the engine sees it: synchronous, POSIX-shaped, absolute `/` paths.
 * Durability is a second, asynchronous interface ({@link VfsStore}), so Lua never waits for a disk.
 * @module
 */
import type { FileStat } from "../contract/contract.ts";

export type { FileStat };

export type Errno =
  | "ENOENT"
  | "EACCES"
  | "EEXIST"
  | "ENOTDIR"
  | "EISDIR"
  | "EINVAL"
  | "EMFILE"
  | "ENOSPC"
  | "EROFS"
  | "ENAMETOOLONG"
  | "ENOTEMPTY"
  | "EXDEV"
  | "EIO";

/** What a filesystem operation throws. `osText` is the text of vulcan-api.md §1.6, e.g. `No such file or directory (os error 2)`. */
export class VfsError extends Error {
  override readonly name = "VfsError";
  constructor(
    readonly errno: Errno,
    readonly path: string,
    operation: string,
    options?: ErrorOptions,
  ) {
    super(`${operation} ${path}: ${osTexts[errno]}`, options);
  }
  get osText(): string {
    return osTexts[this.errno];
  }
}

/** vulcan-api.md §1.6. */
export const osTexts: Readonly<Record<Errno, string>> = {
  ENOENT: "No such file or directory (os error 2)",
  EACCES: "Permission denied (os error 13)",
  EEXIST: "File exists (os error 17)",
  ENOTDIR: "Not a directory (os error 20)",
  EISDIR: "Is a directory (os error 21)",
  EINVAL: "Invalid argument (os error 22)",
  EMFILE: "Too many open files (os error 24)",
  ENOSPC: "No space left on device (os error 28)",
  EROFS: "Read-only file system (os error 30)",
  ENAMETOOLONG: "File name too long (os error 36)",
  ENOTEMPTY: "Directory not empty (os error 39)",
  EXDEV: "Invalid cross-device link (os error 18)",
  EIO: "Input/output error (os error 5)",
};

/**
 * Paths are absolute and use `/`; they are normalised (`.`/`..`/repeated separators folded) by the implementation.
 * Every method throws {@link VfsError}.
 */
export interface Vfs {
  /** Undefined when nothing is there. Does not follow a final symlink unless asked. */
  stat(path: string, options?: { followLinks?: boolean }): FileStat | undefined;
  /** Names in a directory, byte-sorted, without `.` and `..`. */
  list(path: string): string[];
  /** The whole content. The array is the caller's own copy. */
  readFile(path: string): Uint8Array;
  /** Creates or truncates (or appends); the parent must exist. */
  writeFile(path: string, content: Uint8Array, options?: { append?: boolean }): void;
  /** Creates a directory. With `recursive`, missing parents too, and an existing directory is fine. */
  mkdir(path: string, options?: { recursive?: boolean }): void;
  /** Removes a file, or a directory (which must be empty unless `recursive`). */
  remove(path: string, options?: { recursive?: boolean }): void;
  /** POSIX rename: replaces an existing file or empty directory; moves whole subtrees. */
  rename(from: string, to: string): void;
  /** Random access, for databases. Creates the file when missing and `create` is set. */
  open(path: string, options?: { create?: boolean }): VfsFile;
  /**
   * Where a path leads when every symbolic link on its way is followed, as far as it exists; undefined where it leads out of the tree.
   * Absent where there are no links.
   */
  realPath?(path: string): string | undefined;
}

/** An open file for random access. Offsets and sizes in bytes. Closing twice is fine. */
export interface VfsFile {
  readonly size: number;
  /** Copies into `target`; returns the bytes copied (fewer at the end of the file). */
  readAt(target: Uint8Array, offset: number): number;
  /** Extends the file when it writes past the end; a gap reads as zeros. */
  writeAt(source: Uint8Array, offset: number): void;
  truncate(size: number): void;
  close(): void;
}

/** Something stored that is not what was written. */
export interface StoreDamage {
  /** A file of the store, or a record. */
  readonly where: string;
  readonly what: string;
}

/** A `Vfs` with somewhere durable behind it. */
export interface VfsStore {
  readonly fs: Vfs;
  /** What `runtime.capabilities.storage` reports. */
  readonly kind: "memory" | "indexeddb" | "opfs" | "directory" | "durable-object";
  /** True when the platform promised not to evict the store under storage pressure. */
  readonly persisted?: boolean;
  /** True when something was written since the last commit. */
  readonly dirty: boolean;
  /** Bytes of files held in memory; absent where they stay on a disk. */
  readonly memoryBytes?: number;
  /**
   * Makes everything written so far durable, all or nothing. Resolves at once when nothing is dirty.
   * Writes made while a commit runs belong to the next one. `strict` also asks the platform to flush its own caches.
   * @throws LuaSkillsError `quota_exceeded` | `storage_error`; the changes stay dirty and are tried again by the next commit.
   */
  commit(options?: { strict?: boolean }): Promise<void>;
  /** Reads all that is stored; gives the bytes so far, at last what is wrong. Absent where nothing lies below the files. */
  verify?(): AsyncGenerator<number, StoreDamage[], undefined>;
  /**
   * To the other kind of storage; gives the bytes so far. No commit and no write may happen meanwhile. Given up or failed, the
   * store is where it was. Absent where there is only one.
   */
  move?(to: "opfs" | "indexeddb"): AsyncGenerator<number, void, undefined>;
  /** Commits, then lets go of the backend and its lock. Idempotent. */
  close(): Promise<void>;
}

/** One all-or-nothing write of the memory tree to its backend. */
export interface CommitBatch {
  readonly puts: ReadonlyArray<readonly [key: string, value: unknown]>;
  readonly deletes: readonly string[];
}

/** How a backend wants the tree to be cut into records. */
export interface RecordShape {
  /** The largest file whose content is part of its own record; at most one chunk. */
  readonly inlineBytes: number;
  /** From this many small nodes in one commit on, they share records. */
  readonly packFrom: number;
}

/** What a durable backend of the memory tree implements. Values are structured-cloneable. */
export interface VfsBackend {
  readonly kind: VfsStore["kind"];
  /** Default: what suits a database that is loaded as a whole. */
  readonly shape?: RecordShape;
  /** What can be read is wanted, whatever is missing beside it. */
  readonly salvage?: boolean;
  /** Taken to its end. A number for a value is its length: it stayed in the store and is given by {@link read}. */
  load(): Promise<Iterable<readonly [key: string, value: unknown]>>;
  /** The newest committed value of a record of content, at once. Absent where nothing can be read without waiting. */
  read?(key: string): Uint8Array;
  commit(batch: CommitBatch, options: { strict: boolean }): Promise<void>;
  /** As that of {@link VfsStore}. Absent: loading it all is the check. */
  verify?(): AsyncGenerator<number, StoreDamage[], undefined>;
  close(): Promise<void>;
}
