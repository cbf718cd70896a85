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
/** From making a lock file to writing its owner's name takes no time; what is nameless for longer stays so. */
const tornAfterMs = 2000;

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
    if (owner !== "undecided" && options.whenInUse !== "wait") {
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

type Found = Owner | "undecided" | "gone";

/** The descriptor of the lock file when the lock is ours now, else who has it; undecided: its owner has not written its name yet. */
function tryLock(file: string): number | Owner | "undecided" {
  try {
    for (;;) {
      const descriptor = create(file);
      if (descriptor !== undefined) return descriptor;
      const found = lookAt(file);
      if (found !== "gone") return found;
    }
  } catch (error) {
    throw new LuaSkillsError("storage_error", `the lock file ${file} could not be read or written: ${String(error)}`, {
      cause: error,
    });
  }
}

/** Undefined: it is there already. */
function create(file: string): number | undefined {
  const descriptor = unless("EEXIST", () => fs.openSync(file, "wx"));
  if (descriptor === undefined) return undefined;
  try {
    const mine: Owner = { pid: process.pid, host: os.hostname(), started: startOf(process.pid) };
    fs.writeSync(descriptor, JSON.stringify(mine));
    return descriptor;
  } catch (error) {
    fs.closeSync(descriptor);
    fs.rmSync(file);
    throw error;
  }
}

/** Takes away the file of an owner that is gone. */
function lookAt(file: string): Found {
  // Not through a link: whoever locks makes a file, and one that leads nowhere would be neither there nor gone.
  const descriptor = unless("ENOENT", () => fs.openSync(file, fs.constants.O_RDONLY | fs.constants.O_NOFOLLOW));
  if (descriptor === undefined) return "gone";
  try {
    const stat = fs.fstatSync(descriptor);
    const owner = ownerIn(fs.readFileSync(descriptor, "utf8"));
    if (owner === undefined && Math.abs(Date.now() - stat.mtimeMs) <= tornAfterMs) return "undecided";
    if (owner !== undefined && isAlive(owner)) return owner;
    takeAway(file, stat);
    return "gone";
  } finally {
    fs.closeSync(descriptor);
  }
}

/** @param known of a file that is open: until then nobody else gets its inode */
function takeAway(file: string, known: fs.Stats): void {
  const aside = `${file}.${process.pid}`;
  const moved = unless("ENOENT", () => {
    fs.renameSync(file, aside);
    return true;
  });
  if (moved === undefined) return;
  // Of several processes that see the same stale file the second one has moved the lock of the first, and gives it back.
  if (!isFile(aside, known)) unless("EEXIST", () => fs.linkSync(aside, file));
  fs.rmSync(aside);
}

/** Undefined when it fails with that code. */
function unless<T>(code: string, work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== code) throw error;
    return undefined;
  }
}

/** Undefined for a torn text: its writer died while writing it, or is about to go on. */
function ownerIn(text: string): Owner | undefined {
  try {
    const { pid, host = "", started = null } = JSON.parse(text) as Partial<Owner>;
    return typeof pid === "number" ? { pid, host, started } : undefined;
  } catch {
    return undefined;
  }
}

function isAlive(owner: Owner): boolean {
  // Another machine's processes cannot be asked; its lock is respected until someone removes it.
  if (owner.host !== os.hostname()) return true;
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
