/**
 * Synchronous files of the origin private file system. Only dedicated workers have them, so the DOM's types do not.
 * @module
 */
import { messageOf } from "../../base/message-of.ts";
import { LuaSkillsError } from "../../errors.ts";
import { secureNames } from "../../vfs/backends/chromium-opfs.ts";
import { patiently } from "../../vfs/backends/held-files.ts";
import type { SyncFileHandle, SyncHandle } from "../../vfs/backends/store-folder.ts";

/** The file's handle, made when it is missing. @throws LuaSkillsError `storage_in_use` | `storage_unavailable` */
export async function openHandle(directory: FileSystemDirectoryHandle, name: string): Promise<SyncHandle> {
  const file: SyncFileHandle = await directory.getFileHandle(name, { create: true });
  const { createSyncAccessHandle } = file;
  if (createSyncAccessHandle === undefined) {
    throw new LuaSkillsError("storage_unavailable", "this thread has no synchronous file handles (OPFS)");
  }
  return patiently(name, () => createSyncAccessHandle.call(file));
}

/**
 * A directory of the origin, after a real try of what will be needed there.
 * @throws LuaSkillsError `storage_unavailable`
 */
export async function openOpfs(names: readonly string[]): Promise<FileSystemDirectoryHandle> {
  try {
    const storage = globalThis.navigator?.storage as Partial<StorageManager> | undefined;
    if (storage?.getDirectory === undefined) throw new Error("this environment has no origin private file system");
    await secureNames();
    let directory = await storage.getDirectory();
    for (const name of names) directory = await directory.getDirectoryHandle(name, { create: true });
    // allowed: a name two workers must not share, no secret
    const probe = `.probe-${Math.random().toString(36).slice(2)}`;
    const handle = await openHandle(directory, probe);
    const written = handle.write(new Uint8Array(1), { at: 0 });
    const closed: unknown = handle.close();
    await directory.removeEntry(probe);
    if (written !== 1 || closed !== undefined) throw new Error("its file handles are not synchronous");
    return directory;
  } catch (error) {
    const reason = messageOf(error);
    throw new LuaSkillsError(
      "storage_unavailable",
      `sqlite: { storage: "opfs" } cannot be used here: ${reason}. It needs a page's worker with synchronous OPFS files ` +
        '(Chromium and Firefox have them, private windows may not); leave the option out to keep databases in the tree ("vfs").',
      { cause: error },
    );
  }
}
