/**
 * One engine per directory, by a lock file that names its owner. A file whose owner no longer runs is taken over.
 * @module
 */
import fs from "node:fs";
import os from "node:os";
import nodePath from "node:path";
import { LuaSkillsError } from "../../errors.ts";
import type { StoreLock, StoreLockOptions } from "../lock.ts";

export const lockFileName = ".luaskills.lock";
const pollMs = 100;

interface Owner {
  readonly pid: number;
  readonly host: string;
  /** When the process started, where the system tells; a number that was reused for another process has another one. */
  readonly started: string | null;
}

/** @throws LuaSkillsError `storage_in_use` | `storage_error` | `aborted` */
export async function acquireDirectoryLock(
  directory: string,
  options: Pick<StoreLockOptions, "whenInUse" | "signal"> = {},
): Promise<StoreLock> {
  const file = nodePath.join(fs.realpathSync.native(directory), lockFileName);
  for (;;) {
    if (options.signal?.aborted === true) throw LuaSkillsError.from(options.signal.reason, "aborted");
    const owner = tryLock(file);
    if (typeof owner === "number") return new DirectoryLock(file, owner);
    if (options.whenInUse !== "wait") {
      throw new LuaSkillsError(
        "storage_in_use",
        `process ${owner.pid} on ${owner.host} works in ${directory}. Wait for it to end, or remove ${file} if you are sure that it is gone.`,
        { data: { pid: owner.pid, host: owner.host, lockFile: file } },
      );
    }
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}

/** The lock of a folder that another thread of this process holds, and longer than this one looks at it. */
export function lockHeldElsewhere(directory: string): StoreLock {
  const file = nodePath.join(fs.realpathSync.native(directory), lockFileName);
  const held = fs.lstatSync(file, { throwIfNoEntry: false });
  return {
    verify() {
      if (held === undefined || !isFile(file, held)) throw replaced(file);
    },
    release: () => Promise.resolve(),
  };
}

class DirectoryLock implements StoreLock {
  #held = true;
  readonly #release = (): void => {
    if (!this.#held) return;
    this.#held = false;
    const ours = this.#isOurs();
    fs.closeSync(this.descriptor);
    // Another process may have taken the folder over in the meantime; its lock is not ours to remove.
    if (ours) fs.rmSync(this.file, { force: true });
  };

  /** @param descriptor of the open file: while it is open nobody else gets its inode */
  constructor(
    readonly file: string,
    readonly descriptor: number,
  ) {
    // A process that ends without closing its store (process.exit in a script) leaves no lock behind.
    process.once("exit", this.#release);
  }

  verify(): void {
    if (this.#held && !this.#isOurs()) throw replaced(this.file);
  }

  #isOurs(): boolean {
    return isFile(this.file, fs.fstatSync(this.descriptor));
  }

  release(): Promise<void> {
    process.off("exit", this.#release);
    this.#release();
    return Promise.resolve();
  }
}

function isFile(path: string, known: fs.Stats): boolean {
  const there = fs.lstatSync(path, { throwIfNoEntry: false });
  return there !== undefined && there.ino === known.ino && there.dev === known.dev;
}

const replaced = (file: string) =>
  new LuaSkillsError(
    "storage_in_use",
    `the lock file ${file} was removed or replaced while this process works in the folder: another one may be at work ` +
      "there. Close this runtime and open the folder again.",
    { data: { lockFile: file } },
  );

/** The descriptor of the lock file when the lock is ours now, else who has it. */
function tryLock(file: string): Owner | number {
  const mine: Owner = { pid: process.pid, host: os.hostname(), started: startOf(process.pid) };
  for (let attempt = 0; ; attempt++) {
    try {
      const descriptor = fs.openSync(file, "wx");
      fs.writeSync(descriptor, JSON.stringify(mine));
      return descriptor;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") {
        throw new LuaSkillsError("storage_error", `the lock file ${file} could not be written: ${String(error)}`, {
          cause: error,
        });
      }
    }
    const owner = readOwner(file);
    if (owner === "gone") continue;
    if (owner !== "unreadable" && (isAlive(owner) || attempt > 5)) return owner;
    // Moved aside before it is deleted: of several processes that see the same stale file only one succeeds.
    const aside = `${file}.${process.pid}`;
    try {
      fs.renameSync(file, aside);
      fs.rmSync(aside, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    }
  }
}

function readOwner(file: string): Owner | "gone" | "unreadable" {
  let text: string;
  try {
    text = fs.readFileSync(file, "utf8");
  } catch {
    return "gone";
  }
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed === "object" && parsed !== null && "pid" in parsed && typeof parsed.pid === "number") {
      const { pid, host, started } = parsed as Partial<Owner> & { pid: number };
      return { pid, host: host ?? "", started: started ?? null };
    }
  } catch {
    // A torn lock file is one whose writer died while writing it.
  }
  return Date.now() - (fs.statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0) > 2000 ? "unreadable" : "gone";
}

function isAlive(owner: Owner): boolean {
  // Another machine's processes cannot be asked; its lock is respected until someone removes it.
  if (owner.host !== os.hostname()) return true;
  if (owner.pid === process.pid) return owner.started === startOf(process.pid);
  try {
    process.kill(owner.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return false;
  }
  const started = startOf(owner.pid);
  return started === null || owner.started === null || started === owner.started;
}

/** Field 22 of /proc/<pid>/stat (ticks since boot); null where there is no /proc. */
function startOf(pid: number): string | null {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? null;
  } catch {
    return null;
  }
}
