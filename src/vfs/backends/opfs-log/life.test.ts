import { describe, expect, it } from "vitest";
import { FaultyDisk } from "../../../testing/faulty-disk.ts";
import { bytesOf, nameOf, one, openLog, stateOf } from "../../../testing/log-records.ts";
import type { Log } from "./log.ts";
import type { LogOptions } from "./log-options.ts";

const newDisk = (): FaultyDisk => new FaultyDisk(() => 0.99);
const namesOf = (disk: FaultyDisk, kind: string): string[] =>
  [...disk.files.keys()].filter((name) => name.startsWith(kind)).sort();
const keysOf = (log: Log): string[] => [...stateOf(log).keys()].sort();
const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));
/** A log of which one value was written often: a few hundred bytes count, a few thousand are dead. */
async function wear(log: Log): Promise<void> {
  for (let i = 0; i < 8; i++) await log.commit(one("c/1", `${i}`.repeat(400)));
}

describe("a log that is closed", () => {
  it("takes nothing more, says so, and may be closed again", async () => {
    const disk = newDisk();
    const log = await openLog(disk);
    await log.commit(one("n/1", "kept"));
    const committing = log.commit(one("n/2", "asked before"));
    await Promise.all([committing, log.close()]).catch(() => undefined);
    const before = disk.files.get("head-1")?.bytes.slice();
    await log.close();
    for (const work of [log.commit(one("n/3", "late")), log.setState("moved")]) {
      await expect(work).rejects.toMatchObject({ code: "storage_error", message: "the store is closed" });
    }
    expect([log.state, disk.handles, disk.files.get("head-1")?.bytes]).toEqual(["live", 0, before]);
    expect(keysOf(await openLog(disk))).not.toContain("n/3");
  });

  it("has taken nothing: it leaves nothing", async () => {
    const disk = newDisk();
    const log = await openLog(disk);
    expect([log.isNew, log.state, log.fileCount, log.bytes]).toEqual([true, "live", 0, 0]);
    await log.close();
    expect([disk.files.size, disk.handles]).toEqual([0, 0]);
  });

  it("waits for no timer, and removes what they were for", async () => {
    const disk = newDisk();
    const waiting = new Set<() => void>();
    const later = (_ms: number, work: () => void) => {
      waiting.add(work);
      return () => waiting.delete(work);
    };
    const log = await openLog(disk, { compactBytes: 2000, later });
    await wear(log);
    await log.settle();
    expect([waiting.size, log.problems]).toEqual([1, []]);
    expect(disk.files.size).toBeGreaterThan(log.fileCount + 1);
    const { fileCount } = log;
    await log.close();
    expect([waiting.size, disk.files.size]).toEqual([0, fileCount + 1]);
    expect(keysOf(await openLog(disk))).toEqual(["c/1"]);
  });

  it("in the middle of a compaction is as it was, without the file that was begun, and complains of nothing", async () => {
    const disk = newDisk();
    let closing: Promise<void> | undefined;
    const pause = async (): Promise<void> => {
      // The first pause after a slice was written.
      const pack = disk.files.get(namesOf(disk, "pack")[0] ?? "");
      if ((pack?.bytes.length ?? 0) > 64) closing ??= log.close();
    };
    const log = await openLog(disk, { compactBytes: 2000, pause });
    let acknowledged = "";
    await expect(
      (async () => {
        for (let i = 0; ; i++) {
          await log.commit(one("c/1", `${i % 10}`.repeat(400)));
          acknowledged = nameOf(stateOf(log));
        }
      })(),
    ).rejects.toThrow("the store is closed");
    await closing;
    expect([namesOf(disk, "pack"), log.problems, disk.handles]).toEqual([[], [], 0]);
    expect(nameOf(stateOf(await openLog(disk)))).toBe(acknowledged);
  });
});

describe("what a store counts as", () => {
  it("is kept, also when that is the first that is written, and is as before when it cannot be written", async () => {
    const disk = newDisk();
    const log = await openLog(disk, { state: "staging" });
    expect(log.state).toBe("staging");
    disk.fault = (operation) => {
      if (operation === "create") throw new Error("no new file");
    };
    await expect(log.setState("arrived")).rejects.toThrow("no new file");
    disk.fault = undefined;
    expect([log.state, log.fileCount]).toEqual(["staging", 0]);
    await log.setState("arrived");
    expect([log.state, log.fileCount]).toEqual(["arrived", 1]);
    await log.setState("live");
    await log.setState("moved");
    // Nothing but heads was written for that.
    expect(log.fileCount).toBe(1);
    const next = await openLog(disk.afterCrash(), { state: "staging" });
    expect([next.state, next.isNew]).toEqual(["moved", false]);
  });
});

describe("a start", () => {
  it("makes names safe before it takes over; of what is no store, or is only looked at, it does not", async () => {
    const asked = async (options: Partial<LogOptions>, disk = newDisk()): Promise<number> => {
      let asks = 0;
      disk.secureNames = async () => void asks++;
      await openLog(disk, options);
      return asks;
    };
    expect(await asked({})).toBe(1);
    expect(await asked({ salvage: true })).toBe(0);
    expect(await asked({ state: "staging" })).toBe(0);
    const moved = newDisk();
    await (await openLog(moved)).setState("moved");
    expect(await asked({}, moved)).toBe(0);
  });

  it("whose names cannot be made safe opens for reading, and the first commit says why it cannot", async () => {
    const disk = newDisk();
    const first = await openLog(disk);
    await first.commit(one("n/1", "kept"));
    disk.secureNames = () => Promise.reject(new Error("names are not safe"));
    const log = await openLog(disk);
    expect(keysOf(log)).toEqual(["n/1"]);
    await expect(log.commit(one("n/2", "x"))).rejects.toThrow("names are not safe");
    expect(namesOf(disk, "")).toEqual(namesOf(disk, "").filter((name) => name.includes("-1")));
    disk.secureNames = async () => {};
    await log.commit(one("n/2", "x"));
    expect(keysOf(await openLog(disk))).toEqual(["n/1", "n/2"]);
  });

  it("removes with its first commit what no head lists, and leaves what is not its own", async () => {
    const disk = newDisk();
    const first = await openLog(disk);
    await first.commit(one("n/1", "kept"));
    await disk.create("pack-1-9");
    for (const name of ["readme", "log-1", "xlog-1-1", "log-1-1-1", "log-a-1"]) await disk.create(name);
    const log = await openLog(disk);
    expect(disk.files.has("pack-1-9")).toBe(true);
    await log.commit(one("n/2", "x"));
    await turn();
    expect([...disk.files.keys()].sort()).toEqual(
      ["head-2", "log-1-1", "log-2-1", "log-1-1-1", "log-a-1", "readme", "xlog-1-1"].sort(),
    );
  });

  it("that cannot remove something goes on, and the next one removes it", async () => {
    const disk = newDisk();
    await (await openLog(disk)).commit(one("n/1", "kept"));
    await disk.create("pack-1-8");
    await disk.create("pack-1-9");
    const log = await openLog(disk);
    let tries = 0;
    disk.fault = (operation) => {
      if (operation !== "remove") return;
      tries += 1;
      if (tries === 1) throw new Error("held");
    };
    await log.commit(one("n/2", "x"));
    await turn();
    // One that is held does not keep the others.
    expect([tries > 1, namesOf(disk, "pack").length, log.problems]).toEqual([true, expect.any(Number), []]);
    disk.fault = undefined;
    const next = await openLog(disk);
    await next.commit(one("n/3", "x"));
    await turn();
    expect([namesOf(disk, "pack"), namesOf(disk, "head")]).toEqual([[], ["head-3"]]);
  });

  it("that fails to take over leaves no file open and tries with other names", async () => {
    for (const failing of ["create", "write", "flush"]) {
      const disk = newDisk();
      await (await openLog(disk)).commit(one("n/1", "kept"));
      const log = await openLog(disk);
      const { handles } = disk;
      for (let nth = 1; nth <= 2; nth++) {
        let left = nth;
        disk.fault = (operation) => {
          if (operation === failing && --left === 0) throw new Error("not now");
        };
        await expect(log.commit(one("n/2", "lost"))).rejects.toThrow("not now");
        expect([failing, nth, disk.handles, log.fileCount]).toEqual([failing, nth, handles, 1]);
      }
      disk.fault = undefined;
      await log.commit(one("n/2", "x"));
      expect(keysOf(await openLog(disk.flushed()))).toEqual(["n/1", "n/2"]);
    }
  });
});

it("a value that is not there is no damage", async () => {
  const log = await openLog(newDisk());
  expect(() => log.read("n/1")).toThrow(expect.objectContaining({ code: "internal" }));
});

describe("a head that is lost", () => {
  /** A store of one commit, and a file of commits of another owner under that name. */
  async function beside(name: string, commits: number, owners = 1): Promise<FaultyDisk> {
    const disk = newDisk();
    for (let owner = 0; owner < owners; owner++) {
      const log = await openLog(disk, { compactBytes: 2 ** 30 });
      await log.commit(one("n/1", "kept"));
      await log.close();
    }
    const other = newDisk();
    const log = await openLog(other);
    await log.setState("live");
    for (let i = 0; i < commits; i++) await log.commit({ inline: [["n/2", bytesOf("x")]], content: [], deletes: [] });
    const file = other.files.get("log-1-1");
    if (file) disk.files.set(name, file);
    return disk;
  }

  it.each(["log-1-2", "log-1-10", "log-2-0", "log-10-1"])("is noticed by the commits it listed: %s", async (name) => {
    const disk = await beside(name, 2);
    const bytes = disk.files.get(name)?.bytes.length;
    await expect(openLog(disk)).rejects.toMatchObject({
      code: "storage_corrupt",
      data: { readable: 1, damages: [{ file: name, at: 0, bytes, what: "commits that no head record lists" }] },
    });
    expect(disk.handles).toBe(0);
  });

  it.each([
    ["a file without commits", "log-1-2", 0],
    ["an earlier file, which a compaction has left behind", "log-1-0", 2],
    ["a file of an earlier owner", "log-0-7", 2],
    ["a pack, which lists no commit of its own", "pack-9-9", 2],
  ])("is not what is thought of %s", async (_, name, commits) => {
    const log = await openLog(await beside(name, commits));
    expect([keysOf(log), log.damages]).toEqual([["n/1"], []]);
  });

  it("is not what is thought of a file of the tenth owner when the twelfth is there", async () => {
    const log = await openLog(await beside("log-9-99", 2, 12));
    expect(log.damages).toEqual([]);
  });

  it("is not what is thought of a file without a header", async () => {
    const disk = await beside("log-1-2", 2);
    disk.files.get("log-1-2")?.bytes.fill(0, 0, 64);
    expect((await openLog(disk)).damages).toEqual([]);
  });
});
