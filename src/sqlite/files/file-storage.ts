/**
 * Where the files of databases live: in the tree, or outside of it (OPFS). SQLite's view of either is file-vfs.ts.
 * @module
 */
import type { VfsFile } from "../../vfs/interface.ts";

export interface DatabaseFile extends VfsFile {
  /** What was written is durable when it returns. Absent where the commit of the tree does that. */
  sync?(): void;
}

/** A whole database, read piece by piece: it may be larger than what should be in memory at once. */
export type DatabaseImage = Pick<VfsFile, "size" | "readAt">;

export function imageOf(bytes: Uint8Array): DatabaseImage {
  return {
    size: bytes.length,
    readAt(target, offset) {
      const part = bytes.subarray(offset, offset + target.length);
      target.set(part);
      return part.length;
    },
  };
}

const pieceBytes = 2 ** 20;

/** Writes all of an image to `into`, from `offset` on. @throws VfsError */
export function copyImage(image: DatabaseImage, into: VfsFile, offset: number): void {
  const piece = new Uint8Array(Math.min(pieceBytes, image.size));
  for (let at = 0; at < image.size; ) {
    const got = image.readAt(piece.subarray(0, Math.min(piece.length, image.size - at)), at);
    if (got === 0) throw new Error(`a database of ${image.size} bytes ends at byte ${at}`);
    into.writeAt(piece.subarray(0, got), offset + at);
    at += got;
  }
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
   * OPFS when it resolves. The caller has looked at the image.
   */
  importImage(path: string, image: DatabaseImage): Promise<void>;
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
