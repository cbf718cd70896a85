import { describe, expect, it } from "vitest";
import { FaultyDisk } from "../../../testing/faulty-disk.ts";
import { applied, nameOf, one, openLog, randomRecords, type State, stateOf } from "../../../testing/log-records.ts";
import { randomFrom } from "../../../testing/random-operations.ts";

describe("compaction", () => {
  it("keeps the files within bounds and the state as it is, while commits go on", async () => {
    const disk = new FaultyDisk(() => 0.99);
    const random = randomFrom(3);
    const log = await openLog(disk, { compactBytes: 50_000 });
    let state: State = new Map();
    for (let i = 0; i < 800; i++) {
      const records = randomRecords(random);
      await log.commit(records);
      state = applied(state, records);
    }
    await log.settle();
    expect(nameOf(stateOf(log))).toBe(nameOf(state));
    expect(log.bytes).toBeLessThan(200_000);
    await log.close();
    expect(disk.used).toBeLessThan(400_000);
    expect(nameOf(stateOf(await openLog(disk)))).toBe(nameOf(state));
  });

  it("merges the files of many owners, and forgets nothing that one of them deleted", async () => {
    const disk = new FaultyDisk(() => 0.99);
    let state: State = new Map();
    const random = randomFrom(9);
    for (let owner = 0; owner < 60; owner++) {
      const log = await openLog(disk, { compactBytes: 2 ** 30 });
      const records = randomRecords(random);
      await log.commit(records);
      state = applied(state, records);
      await log.settle();
      expect(log.fileCount).toBeLessThanOrEqual(5);
      expect(nameOf(stateOf(log))).toBe(nameOf(state));
      await log.close();
    }
    expect([...disk.files.keys()].filter((name) => name.startsWith("head"))).toHaveLength(1);
  });

  it("of files that hold nothing but deletions keeps what they delete in the files before them", async () => {
    const disk = new FaultyDisk(() => 0.99);
    const options = { compactBytes: 2 ** 30 };
    const first = await openLog(disk, options);
    for (let n = 0; n < 6; n++) await first.commit(one(`c/${n}`, `${n}`.repeat(50_000)));
    await first.close();
    for (let n = 0; n < 5; n++) {
      const log = await openLog(disk, options);
      await log.commit({ inline: [], content: [], deletes: [`c/${n}`] });
      await log.settle();
      await log.close();
    }
    expect([...disk.files.keys()]).toContain("log-1-1");
    expect([...disk.files.keys()].filter((name) => name.startsWith("pack"))).toHaveLength(1);
    expect([...stateOf(await openLog(disk, options)).keys()]).toEqual(["c/5"]);
  });

  it("removes old files only when no engine can have an old head in its hands", async () => {
    const disk = new FaultyDisk(() => 0.99);
    const waits: Array<{ ms: number; work: () => void }> = [];
    const later = (ms: number, work: () => void) => {
      waits.push({ ms, work });
      return () => {};
    };
    const log = await openLog(disk, { compactBytes: 1000, later });
    for (let i = 0; i < 40; i++) await log.commit(one("c/1", `${i}`.repeat(100)));
    await log.settle();
    expect(waits.length).toBeGreaterThan(0);
    expect(waits.every(({ ms }) => ms >= 3000)).toBe(true);
    const before = disk.files.size;
    for (const { work } of waits) work();
    await new Promise((resolve) => setTimeout(resolve, 0));
    expect(disk.files.size).toBeLessThan(before);
    expect(nameOf(stateOf(log))).toBe(nameOf(stateOf(await openLog(disk))));
  });

  it("that fails is told once and tried again much later; what is stored stays", async () => {
    const disk = new FaultyDisk(() => 0.99);
    const log = await openLog(disk, { compactBytes: 10_000 });
    const write = async (times: number): Promise<void> => {
      for (let i = 0; i < times; i++) {
        await log.commit(one("c/1", `${i % 10}`.repeat(1000)));
        await log.settle();
      }
    };
    await write(5);
    let tries = 0;
    disk.fault = (operation) => {
      if (operation !== "create") return;
      tries += 1;
      throw new Error("no new file");
    };
    await write(10);
    expect([tries, log.problems]).toEqual([1, ["compaction failed: no new file"]]);
    // About 12 KB were dead then: the next try waits for more than twice as much.
    await write(10);
    expect(tries).toBe(1);
    await write(15);
    expect(tries).toBe(2);
    disk.fault = undefined;
    await write(100);
    expect(log.problems).toHaveLength(2);
    expect(log.bytes).toBeLessThan(20_000);
    expect(nameOf(stateOf(log))).toBe(nameOf(stateOf(await openLog(disk))));
  });

  it("copies in slices of a megabyte, between which others get their turn", async () => {
    const disk = new FaultyDisk(() => 0.99);
    let turns = 0;
    const pause = async (): Promise<void> => {
      turns += 1;
    };
    const log = await openLog(disk, { compactBytes: 2_000_000, pause });
    const half = "x".repeat(2 ** 19);
    // Small values share a slice with whatever comes.
    for (let i = 0; i < 20; i++) await log.commit(one(`n/${i}`, "small"));
    for (let i = 0; i < 4; i++) await log.commit(one(`c/${i}`, `${i}${half}`));
    const before = stateOf(log);
    for (let i = 0; i < 9; i++) await log.commit(one("c/over", `${i}${half}`));
    await log.settle();
    // One before it begins, one for each slice (five times half a megabyte), one before the old files go.
    expect(turns).toBe(5);
    expect(stateOf(log).size).toBe(before.size + 1);
    for (const [key, value] of before) expect(stateOf(log).get(key)).toBe(value);
  });

  it("brings what it copies to the disk every four megabytes, and all of it before a head lists it", async () => {
    const disk = new FaultyDisk(() => 0.99);
    const log = await openLog(disk, { compactBytes: 11_000_000 });
    const mega = "x".repeat(2 ** 20);
    for (let i = 0; i < 9; i++) await log.commit(one(`c/${i}`, mega));
    for (let i = 0; i < 11; i++) await log.commit(one("c/over", mega));
    const flushes: number[] = [];
    disk.fault = (operation) => {
      if (operation === "flush") flushes.push(disk.files.get("pack-1-3")?.bytes.length ?? -1);
    };
    await log.commit(one("c/over", mega));
    await log.settle();
    const megas = flushes.map((size) => Math.floor(size / 2 ** 20));
    // The commit, the next file and its head; the pack's header; two parts and what is left of it; the head that lists it.
    expect(megas).toEqual([-1, -1, -1, 0, 4, 8, 10, 10]);
    const after = await openLog(disk.afterCrash());
    expect([...after.index.refs.values()].map((ref) => [ref.in.name, ref.length])).toEqual(
      Array.from({ length: 10 }, () => ["pack-1-3", 2 ** 20]),
    );
    await log.close();
  });

  it("meets damaged content: it is told, nothing goes, and the rest can be read", async () => {
    const disk = new FaultyDisk(() => 0.99);
    const log = await openLog(disk, { compactBytes: 10_000 });
    await log.commit(one("c/1", "precious ".repeat(100)));
    await log.commit(one("c/2", "fine"));
    const file = disk.files.get("log-1-1");
    const at = new TextDecoder("latin1").decode(file?.bytes).indexOf("precious");
    file?.content.apply({ kind: "write", at, bytes: new Uint8Array([33]) });
    for (let i = 0; i < 15; i++) await log.commit(one("c/3", `${i % 10}`.repeat(1000)));
    await log.settle();
    expect(log.problems).toEqual([
      expect.stringContaining(`compaction failed: the store is damaged: record "c/1" in log-1-1 at byte ${at} is`),
    ]);
    expect(() => log.read("c/1")).toThrow(expect.objectContaining({ code: "storage_corrupt" }));
    expect(new TextDecoder().decode(log.read("c/2"))).toBe("fine");
    expect([...disk.files.keys()].filter((name) => name.startsWith("pack"))).toEqual([]);
  });
});
