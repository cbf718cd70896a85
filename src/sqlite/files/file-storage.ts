/**
 * Where the files of databases live: in the tree, or outside of it (OPFS). SQLite's view of either is file-vfs.ts.
 * @module
 */
import type { VfsFile } from "../../vfs/interface.ts";

export interface DatabaseFile extends VfsFile {
  /** What was written is durable when it returns. Absent where the commit of the tree does that. */
  sync?(): void;
}

/** What SQLite puts beside a database. */
export const sideSuffixes = ["-journal", "-wal"] as const;

/** Paths are those of databases and of the files SQLite makes beside them (`-journal`, `-wal`). */
export interface DatabaseFiles {
  readonly kind: "vfs" | "opfs";
  /** SQLITE_IOCAP_* of the files. */
  readonly characteristics: number;
  /** What SQLite has to wait for when it commits. */
  readonly synchronous: "NORMAL" | "FULL";
  /**
   * All that has to wait before the database at `path` can be opened: everything else is synchronous. Makes what is
   * missing. @throws Error: the skill is not loaded
   */
  reserve(path: string): Promise<void>;
  /** False when {@link reserve} comes first, also after the files were taken away. */
  isReserved(path: string): boolean;
  /** @throws VfsError */
  open(path: string, options: { create: boolean }): DatabaseFile;
  exists(path: string): boolean;
  /** Another text once the content changed. */
  version(path: string): string;
  /** One file. @throws VfsError */
  remove(path: string): void;
  /** A file for what does not fit into memory, empty again once closed. Absent, or undefined: it has to fit. */
  openTemporary?(): DatabaseFile | undefined;
  /**
   * The image of a database, whole when SQLite has opened it since the start (a crash may have left a journal) and nothing
   * is under way.
   */
  exportBytes(path: string): Promise<Uint8Array>;
  /**
   * Replaces a database that no connection has open, all or nothing. In the tree it is durable with the next commit, in
   * OPFS when it resolves. The caller has looked at the bytes.
   */
  importBytes(path: string, bytes: Uint8Array): Promise<void>;
}

/** Files outside the tree, which have an owner and an end of their own. */
export interface OutsideFiles extends DatabaseFiles {
  /** Bytes of the databases `<directory>/<name>/<name>.sqlite3`, by name. */
  sizesBelow(directory: string): Promise<ReadonlyMap<string, number>>;
  /** Removes every database below a directory. Answers whether there was one. */
  drop(directory: string): Promise<boolean>;
  /** Lets go of every file. Idempotent. */
  close(): void;
}

const magic = new TextEncoder().encode("SQLite format 3\0");

/** Whether bytes begin as every file of SQLite does. */
export function beginsAsDatabase(bytes: Uint8Array): boolean {
  return magic.every((byte, i) => bytes[i] === byte);
}
