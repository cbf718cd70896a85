import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import nodePath from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { acquireDirectoryLock, lockFileName, lockHeldElsewhere } from "./directory-lock.ts";

let folder: string;
let file: string;
beforeEach(() => {
  folder = fs.realpathSync.native(fs.mkdtempSync(nodePath.join(os.tmpdir(), "luaskills-lock-")));
  file = nodePath.join(folder, lockFileName);
});
afterEach(() => {
  vi.restoreAllMocks();
  fs.rmSync(folder, { recursive: true, force: true });
});

const host = os.hostname();
/** Of a process that is there, the field of the kernel that says when it began. */
const startOf = (pid: number): string | undefined =>
  fs.readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ")[19];
const failing = (code: string) => (): never => {
  throw Object.assign(new Error(`${code}: no`), { code });
};
const lockedBy = (owner: object | string): void =>
  fs.writeFileSync(file, typeof owner === "string" ? owner : JSON.stringify(owner));
const isTaken = async (): Promise<boolean> => {
  const lock = await acquireDirectoryLock(folder).catch((error: unknown) => {
    expect(error).toMatchObject({ code: "storage_in_use" });
    return undefined;
  });
  await lock?.release();
  return lock === undefined;
};
const deadPid = (): number => spawnSync("true").pid;

describe("the lock of a folder", () => {
  it("names its owner, so that whoever is refused knows whom to wait for, and which file to remove", async () => {
    const lock = await acquireDirectoryLock(folder);
    expect(JSON.parse(fs.readFileSync(file, "utf8"))).toEqual({
      pid: process.pid,
      host,
      started: startOf(process.pid),
    });
    await expect(acquireDirectoryLock(folder)).rejects.toMatchObject({
      code: "storage_in_use",
      message:
        `process ${process.pid} on ${host} works in ${folder}. ` +
        `Wait for it to end, or remove ${file} if you are sure that it is gone.`,
      data: { pid: process.pid, host, lockFile: file },
    });
    await lock.release();
    expect(fs.readdirSync(folder)).toEqual([]);
  });

  it("is left behind by no process that ends without closing, and a released one does not hear of the end", async () => {
    const before = process.listeners("exit");
    const lock = await acquireDirectoryLock(folder);
    const [atExit] = process.listeners("exit").filter((each) => !before.includes(each));
    atExit?.(0);
    expect(fs.readdirSync(folder)).toEqual([]);
    // Nothing is held any more, so nothing can be lost.
    lock.verify?.();
    await lock.release();
    expect(process.listeners("exit")).toEqual(before);
  });

  it("is not waited for by who has stopped waiting", async () => {
    const stopped = AbortSignal.abort(new Error("not needed"));
    await expect(acquireDirectoryLock(folder, { signal: stopped })).rejects.toMatchObject({ code: "aborted" });
    expect(fs.readdirSync(folder)).toEqual([]);
    const lock = await acquireDirectoryLock(folder);
    const stop = new AbortController();
    const waiting = acquireDirectoryLock(folder, { whenInUse: "wait", signal: stop.signal });
    stop.abort(new Error("not needed"));
    await expect(waiting).rejects.toMatchObject({ code: "aborted", message: expect.stringContaining("not needed") });
    await lock.release();
  });

  it("that was replaced is told to who looks from another thread, with what to do", async () => {
    const lock = await acquireDirectoryLock(folder);
    const elsewhere = lockHeldElsewhere(folder);
    elsewhere.verify?.();
    await elsewhere.release();
    elsewhere.verify?.();
    fs.rmSync(file);
    fs.writeFileSync(nodePath.join(folder, "between"), "takes the inode where it is free");
    lockedBy("another");
    for (const each of [lock, elsewhere]) {
      expect(() => each.verify?.()).toThrow(
        expect.objectContaining({
          code: "storage_in_use",
          message: expect.stringMatching(/was removed or replaced.*Close this runtime and open the folder again/),
          data: { lockFile: file },
        }),
      );
    }
    await lock.release();
    expect(fs.readFileSync(file, "utf8")).toBe("another");
  });
});

describe("a lock file that was found", () => {
  it.each<[string, () => object, boolean]>([
    ["of a process that runs", () => ({ pid: process.ppid, host, started: startOf(process.ppid) }), true],
    ["of a process that runs and has not said since when", () => ({ pid: process.ppid, host, started: null }), true],
    ["of this process", () => ({ pid: process.pid, host, started: startOf(process.pid) }), true],
    ["of a process before that had the same number", () => ({ pid: process.pid, host, started: "1" }), false],
    ["of another one that had the same number", () => ({ pid: process.ppid, host, started: "1" }), false],
    ["of a process that is gone", () => ({ pid: deadPid(), host, started: null }), false],
    ["of another machine", () => ({ pid: deadPid(), host: "elsewhere", started: "1" }), true],
    ["of a machine without a name", () => ({ pid: deadPid() }), true],
  ])("%s", async (_, owner, taken) => {
    lockedBy(owner());
    expect(await isTaken()).toBe(taken);
  });

  it("of a process that may not be asked, or not be looked at, is respected", async () => {
    const pid = deadPid();
    lockedBy({ pid, host, started: "1" });
    vi.spyOn(process, "kill").mockImplementation(failing("EPERM"));
    expect(await isTaken()).toBe(true);
    vi.restoreAllMocks();
    expect(await isTaken()).toBe(false);
  });

  it.each(["", "{", "null", "{}", '{"pid":"1"}'])("that names nobody is torn, once it is old: %j", async (text) => {
    lockedBy(text);
    // From another machine with another clock, say.
    for (const ageMs of [2100, -60_000]) {
      const at = new Date(Date.now() - ageMs);
      lockedBy(text);
      fs.utimesSync(file, at, at);
      expect(await isTaken()).toBe(false);
    }
  });

  it("that names nobody yet is looked at again: its owner is about to write", async () => {
    lockedBy("");
    const asked = acquireDirectoryLock(folder);
    lockedBy({ pid: process.ppid, host, started: null });
    await expect(asked).rejects.toMatchObject({ code: "storage_in_use", data: { pid: process.ppid } });
  });

  it("that cannot be read, or written, is said to be so, and nothing is left of it", async () => {
    const refused = (detail: string) => ({
      code: "storage_error",
      message: expect.stringMatching(
        new RegExp(`the lock file .*${lockFileName} could not be read or written.*${detail}`),
      ),
    });
    fs.mkdirSync(file);
    await expect(acquireDirectoryLock(folder)).rejects.toMatchObject(refused("EISDIR"));
    fs.rmdirSync(file);
    fs.symlinkSync("gone", file);
    await expect(acquireDirectoryLock(folder)).rejects.toMatchObject(refused("ELOOP"));
    fs.rmSync(file);
    vi.spyOn(fs, "writeSync").mockImplementationOnce(failing("ENOSPC"));
    await expect(acquireDirectoryLock(folder)).rejects.toMatchObject(refused("ENOSPC"));
    expect(fs.readdirSync(folder)).toEqual([]);
    vi.spyOn(fs, "openSync").mockImplementationOnce(failing("EROFS"));
    await expect(acquireDirectoryLock(folder)).rejects.toMatchObject(refused("EROFS"));
    lockedBy({ pid: deadPid(), host, started: null });
    vi.spyOn(fs, "renameSync").mockImplementationOnce(failing("EACCES"));
    await expect(acquireDirectoryLock(folder)).rejects.toMatchObject(refused("EACCES"));
  });
});

describe("two processes that find the same stale lock", () => {
  const rename = fs.renameSync;
  const stale = (): void => lockedBy({ pid: deadPid(), host, started: null });
  const other = { pid: process.ppid, host, started: null };
  /** What the other one does between this one's look and its move. */
  const meanwhile = (work: () => void): void => {
    vi.spyOn(fs, "renameSync").mockImplementationOnce((from, to) => {
      work();
      rename(from, to);
    });
  };

  it("have one owner: who comes second leaves the first its lock", async () => {
    stale();
    const descriptors = fs.readdirSync("/proc/self/fd").length;
    let first: fs.Stats | undefined;
    meanwhile(() => {
      fs.rmSync(file);
      lockedBy(other);
      first = fs.statSync(file);
    });
    await expect(acquireDirectoryLock(folder)).rejects.toMatchObject({
      code: "storage_in_use",
      data: { pid: process.ppid },
    });
    expect(fs.statSync(file).ino).toBe(first?.ino);
    expect(fs.readdirSync("/proc/self/fd")).toHaveLength(descriptors);
    expect(fs.readdirSync(folder)).toEqual([lockFileName]);
  });

  it("have one owner: who finds it moved away already goes on", async () => {
    stale();
    meanwhile(() => fs.rmSync(file));
    const lock = await acquireDirectoryLock(folder);
    expect(JSON.parse(fs.readFileSync(file, "utf8"))).toMatchObject({ pid: process.pid });
    await lock.release();
  });

  it("have one owner: a third one that came between the move and the return has it", async () => {
    stale();
    meanwhile(() => {
      fs.rmSync(file);
      lockedBy({ ...other, pid: deadPid() });
    });
    const link = fs.linkSync;
    vi.spyOn(fs, "linkSync").mockImplementationOnce((from, to) => {
      lockedBy(other);
      link(from, to);
    });
    await expect(acquireDirectoryLock(folder)).rejects.toMatchObject({ data: { pid: process.ppid } });
    expect(fs.readdirSync(folder)).toEqual([lockFileName]);
  });

  it("that is looked at and gone by then is free", async () => {
    const open = fs.openSync;
    vi.spyOn(fs, "openSync").mockImplementationOnce(failing("EEXIST")).mockImplementation(open);
    await (await acquireDirectoryLock(folder)).release();
  });
});
