/**
 * The files a log is made of, as far as the log needs them: opened asynchronously, used synchronously. OPFS has them in a
 * worker (opfs-directory.ts), tests in memory with faults.
 * @module
 */

export interface LogFile {
  /** Bytes. */
  readonly size: number;
  /** Copies into `into`; answers the bytes copied: at least one where the file has any. */
  read(into: Uint8Array, at: number): number;
  /** All of it. @throws LuaSkillsError `quota_exceeded`, or what the platform throws; some of it may be written then */
  write(from: Uint8Array, at: number): void;
  truncate(size: number): void;
  /** What was written is durable when it returns. Before that, any part of it may be there after a crash, in any order. */
  flush(): void;
  /** Idempotent. */
  close(): void;
}

export interface LogDirectory {
  names(): Promise<string[]>;
  /** Opens a file that {@link names} listed, for reading and writing. */
  open(name: string): Promise<LogFile>;
  /** Makes an empty file. Nobody else knows its name. */
  create(name: string): Promise<LogFile>;
  /** A missing file is fine. */
  remove(name: string): Promise<void>;
  /**
   * Names that are made from now on stay, whatever a kill before this start has done to the record of names. Before that a file
   * that is made, and the removal of another, may not be there at the next start. Made once, however often it is asked for.
   */
  secureNames(): Promise<void>;
  /** Whether it is still found by its name: a file that was taken away under its handle can still be written to. */
  has(name: string): Promise<boolean>;
}

/** Fills `into`; answers the bytes copied, fewer only at the end of the file. */
export function readFully(file: LogFile, into: Uint8Array, at: number): number {
  let done = 0;
  while (done < into.length) {
    const got = file.read(into.subarray(done), at + done);
    if (got === 0) break;
    done += got;
  }
  return done;
}

/** Larger ones cost more for their memory than they save in calls. */
const pieceBytes = 256 * 1024;

/** Writes `parts` one after another: small ones in one go, whatever there is in pieces. Answers the bytes. */
export function writeParts(file: LogFile, parts: readonly Uint8Array[], at: number): number {
  let total = 0;
  for (const part of parts) total += part.length;
  const only = parts.length === 1 ? parts[0] : undefined;
  if (only) {
    file.write(only, at);
    return total;
  }
  const piece = new Uint8Array(Math.min(total, pieceBytes));
  let filled = 0;
  let done = 0;
  const put = (): void => {
    file.write(piece.subarray(0, filled), at + done);
    done += filled;
    filled = 0;
  };
  for (const part of parts) {
    for (let from = 0; from < part.length; ) {
      const count = Math.min(piece.length - filled, part.length - from);
      piece.set(part.subarray(from, from + count), filled);
      filled += count;
      from += count;
      if (filled === piece.length) put();
    }
  }
  if (filled > 0) put();
  return total;
}
