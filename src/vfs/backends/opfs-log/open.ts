/**
 * The log of a store in OPFS.
 * @module
 */
import { messageOf } from "../../../base/message-of.ts";
import { LuaSkillsError } from "../../../errors.ts";
import { secureNames, sharesFiles } from "../chromium-opfs.ts";
import { isFull, noRoomToOpen } from "../site-data.ts";
import { type FolderKind, makeFolder } from "../store-folder.ts";
import { copyInlineBytes, LogBackend } from "./backend.ts";
import { loadChecksum } from "./checksum.ts";
import type { LogState } from "./head.ts";
import { Log } from "./log.ts";
import { readLog } from "./open-log.ts";
import { OpfsDirectory } from "./opfs-directory.ts";

export interface OpenLogOptions {
  readonly name: string;
  readonly deadBytes: number;
  /** Default "store". */
  readonly folder?: FolderKind;
  /** Of a store that is not there yet. Default "live". */
  readonly state?: LogState;
  readonly salvage?: boolean;
  /** The folder, when somebody has looked for it already. */
  readonly found?: FileSystemDirectoryHandle;
  /** Whether names in it have been made safe. Default false. */
  readonly namesAreSafe?: boolean;
}

/** @throws LuaSkillsError `storage_unavailable` | `storage_corrupt` | `storage_error` | `storage_in_use` | `quota_exceeded` */
export async function openLogBackend(options: OpenLogOptions): Promise<LogBackend> {
  const { name, deadBytes, folder = "store", state, salvage, found, namesAreSafe } = options;
  const [checksum, directory] = await Promise.all([
    loadChecksum(),
    found
      ? new OpfsDirectory(found, namesAreSafe)
      : newDirectory(folder, name).catch((error: unknown) => {
          throw unavailable(error);
        }),
  ]);
  try {
    const log = await Log.open(directory, {
      checksum,
      compactBytes: deadBytes,
      ...(state === undefined ? {} : { state }),
      ...(salvage === undefined ? {} : { salvage }),
      pause: () => new Promise((resolve) => setTimeout(resolve, 0)),
      later: (ms, work) => {
        const timer = setTimeout(work, ms);
        return () => clearTimeout(timer);
      },
    });
    return new LogBackend(log, salvage, folder === "checkpoint" ? copyInlineBytes : undefined);
  } catch (error) {
    throw unavailable(error);
  }
}

async function newDirectory(kind: FolderKind, store: string): Promise<OpfsDirectory> {
  await secureNames();
  return new OpfsDirectory(await makeFolder(kind, store), true);
}

/** Reads a log as a start does, beside the engine that has it open, and makes names safe for the owner to come. */
export async function rehearseLog(folder: FileSystemDirectoryHandle): Promise<void> {
  const checksum = await loadChecksum();
  // Where files are exclusive whoever leads would be kept from its own.
  if (!sharesFiles()) return;
  for (const { file } of (await readLog(new OpfsDirectory(folder), checksum)).files) file.close();
  await secureNames();
}

function unavailable(error: unknown): LuaSkillsError {
  if (error instanceof LuaSkillsError) return error;
  if (isFull(error)) return noRoomToOpen("OPFS", error);
  const reason = messageOf(error);
  return new LuaSkillsError(
    "storage_unavailable",
    `storage: { kind: "opfs" } cannot be used here: ${reason}. It needs a page's worker with synchronous OPFS files ` +
      '(Chromium and Firefox have them, private windows may not); `storage: { kind: "browser" }` takes IndexedDB there.',
    { cause: error },
  );
}
