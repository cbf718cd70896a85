/**
 * What is in a backup beside the files: `backup.json`, first, says what the archive is; `files/…` are the files below the
 * runtime root; `index.json`, last, says what must be there.
 * @module
 */
import { LuaSkillsError } from "../../errors.ts";

export const headerName = "backup.json";
export const indexName = "index.json";
export const filesPrefix = "files/";
export const format = "luaskills-backup";
export const version = 1;

export interface BackupHeader {
  readonly format: string;
  readonly version: number;
  /** Unix milliseconds. */
  readonly madeMs: number;
}

export interface BackupFile {
  /** Relative to the runtime root; directories end in `/`. */
  readonly path: string;
  readonly size: number;
  readonly crc32: number;
}

export interface BackupIndex {
  readonly files: readonly BackupFile[];
  /** What could not be read, and why. */
  readonly unreadable: ReadonlyArray<{ readonly path: string; readonly message: string }>;
}

export const jsonBytes = (value: unknown): Uint8Array => new TextEncoder().encode(`${JSON.stringify(value)}\n`);

export function notABackup(why: string): LuaSkillsError {
  return new LuaSkillsError("invalid_archive", `this is not a backup of a runtime: ${why}; nothing was restored`);
}
