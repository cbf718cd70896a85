/**
 * The store of Node and the command line: the runtime root is a real folder.
 * @module
 */
import fs from "node:fs";
import { LuaSkillsError } from "../../errors.ts";
import type { Vfs, VfsStore } from "../interface.ts";
import type { StoreLock } from "../lock.ts";
import { MountVfs } from "../mount.ts";
import { OverlayVfs } from "../overlay.ts";
import { DirectoryVfs } from "./directory.ts";
import { acquireDirectoryLock, lockFileName, lockHeldElsewhere } from "./directory-lock.ts";

export interface DirectoryStoreOptions {
  /** Vfs path the folder appears under. Default `/runtime`. */
  readonly runtimeRoot?: string;
  /** Read from the folder, keep every write in memory (`--memory` of the command line). No lock is taken. */
  readonly overlay?: boolean;
  /** Bytes of the folder, or of what the overlay holds in memory. A folder that holds more already only stops growing. */
  readonly limits?: { readonly vfsBytes: number };
  /** Further filesystems, by vfs path. */
  readonly mounts?: Readonly<Record<string, Vfs>>;
  /** What happens when another process has the folder. Default "fail". */
  readonly whenInUse?: "fail" | "wait";
  /** The caller has the folder's lock already and keeps it longer than this store lives. Default false. */
  readonly lockHeld?: boolean;
  readonly signal?: AbortSignal;
}

/**
 * The folder is created when missing. Writes are in it at once, so `commit` has nothing to write; a strict commit syncs
 * what changed to the disk.
 * @throws LuaSkillsError `storage_unavailable` | `storage_in_use` | `aborted`
 */
export async function openDirectoryStore(path: string, options: DirectoryStoreOptions = {}): Promise<VfsStore> {
  const at = options.runtimeRoot ?? "/runtime";
  if (options.overlay === true) {
    const lower = new DirectoryVfs(existing(path), { readonly: true });
    const fs = new MountVfs({
      ...options.mounts,
      [at]: new OverlayVfs(lower, { quotaBytes: options.limits?.vfsBytes }),
    });
    return new DirectoryStore(fs, "memory", new Changes(), undefined);
  }
  const lock = options.lockHeld === true ? lockHeldElsewhere(existing(path)) : await lockDirectory(path, options);
  const changed = new Changes();
  const folder = new DirectoryVfs(path, {
    onChange: (real) => changed.add(real),
    quotaBytes: options.limits?.vfsBytes,
    hidden: lockFileName,
  });
  return new DirectoryStore(new MountVfs({ ...options.mounts, [at]: folder }), "directory", changed, lock);
}

/**
 * The lock of a folder that is created when missing; for hosts that must hold it themselves.
 * @throws LuaSkillsError `storage_unavailable` | `storage_in_use` | `aborted`
 */
export function lockDirectory(
  path: string,
  options: Pick<DirectoryStoreOptions, "whenInUse" | "signal"> = {},
): Promise<StoreLock> {
  return acquireDirectoryLock(existing(path), options);
}

/** What was written since it was last synced to the disk. */
class Changes extends Set<string> {
  /** Something was, since the lock was last looked at. */
  unchecked = false;

  override add(path: string): this {
    this.unchecked = true;
    return super.add(path);
  }
}

class DirectoryStore implements VfsStore {
  readonly persisted: boolean;

  constructor(
    readonly fs: Vfs,
    readonly kind: "directory" | "memory",
    readonly changed: Changes,
    readonly lock: StoreLock | undefined,
  ) {
    this.persisted = kind === "directory";
  }

  /** What is written is in the folder at once; whether the folder is still ours is not known before a commit. */
  get dirty(): boolean {
    return this.changed.unchecked;
  }

  async commit(options: { strict?: boolean } = {}): Promise<void> {
    this.lock?.verify?.();
    this.changed.unchecked = false;
    if (options.strict !== true) return;
    const paths = [...this.changed];
    this.changed.clear();
    for (const path of paths) {
      try {
        await syncToDisk(path);
      } catch (error) {
        for (const each of paths) this.changed.add(each);
        throw new LuaSkillsError("storage_error", `${path} could not be synced to disk: ${String(error)}`, {
          cause: error,
        });
      }
    }
  }

  async close(): Promise<void> {
    try {
      await this.commit({ strict: true });
    } finally {
      await this.lock?.release();
    }
  }
}

async function syncToDisk(path: string): Promise<void> {
  let handle: fs.promises.FileHandle;
  try {
    handle = await fs.promises.open(path, "r");
  } catch (error) {
    // Removed or renamed since: the directory it left is on the list too.
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
    throw error;
  }
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function existing(path: string): string {
  try {
    fs.mkdirSync(path, { recursive: true });
    return path;
  } catch (error) {
    throw new LuaSkillsError("storage_unavailable", `the folder ${path} cannot be used: ${String(error)}`, {
      cause: error,
    });
  }
}
