import { beforeAll, describe, expect, it } from "vitest";
import { FaultyDisk, PowerCut } from "../../../testing/faulty-disk.ts";
import { historyTimeout, seeds } from "../../../testing/histories.ts";
import { applied, nameOf, randomRecords, type State, stateOf } from "../../../testing/log-records.ts";
import { randomFrom } from "../../../testing/random-operations.ts";
import { inRemovalOrder } from "../store-folder.ts";
import { type Checksum, loadChecksum } from "./checksum.ts";
import { Log, type LogOptions } from "./log.ts";
import type { Damage } from "./log-file.ts";

let checksum: Checksum;
beforeAll(async () => {
  checksum = await loadChecksum();
});

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
/** Removal waits for nothing here: what it must wait for is tested by name. */
const optionsOf = (more: Partial<LogOptions> = {}): LogOptions => ({
  checksum,
  compactBytes: 20_000,
  pause: () => Promise.resolve(),
  later: (_ms, work) => {
    queueMicrotask(work);
    return () => {};
  },
  ...more,
});
const openLog = (disk: FaultyDisk, more?: Partial<LogOptions>): Promise<Log> => Log.open(disk, optionsOf(more));
const one = (key: string, text: string) => ({
  inline: key.startsWith("n") ? [[key, bytes(text)] as const] : [],
  content: key.startsWith("c") ? [[key, bytes(text)] as const] : [],
  deletes: [],
});

async function damagesOf(log: Log): Promise<readonly Damage[]> {
  const verifying = log.verify();
  let step = await verifying.next();
  while (!step.done) step = await verifying.next();
  return step.value;
}

/** Fails each operation with a probability, and cuts the power at the given one. */
function faults(disk: FaultyDisk, random: () => number, probability: number, cutAt: number): void {
  let count = 0;
  disk.fault = (operation) => {
    if (++count >= cutAt) throw new PowerCut(operation);
    if (random() < probability) throw new Error(`${operation} failed`);
  };
}

/** Commits until the power is cut; answers the states a start after it may find. */
async function workUntilCut(disk: FaultyDisk, start: State, random: () => number, cutAt: number): Promise<State[]> {
  faults(disk, random, random() < 0.5 ? 0 : 0.04, cutAt);
  let state = start;
  /** Tried since the last success; in the files each counts, if at all, alone and only until the next success. */
  let tried: State[] = [];
  let log: Log | undefined;
  for (let step = 0; step < 40; step++) {
    const records = randomRecords(random);
    try {
      log ??= await openLog(disk, { compactBytes: random() < 0.5 ? 3000 : 50_000 });
      await log.commit(records);
      state = applied(state, records);
      tried = [];
      if (random() < 0.05) expect(nameOf(stateOf(log))).toBe(nameOf(state));
      if (random() < 0.1) await log.settle();
      if (random() < 0.05) {
        await log.close();
        log = undefined;
      }
    } catch (error) {
      tried.push(applied(state, records));
      if (error instanceof PowerCut) break;
      if (!(error instanceof Error && error.message.endsWith("failed"))) throw error;
    }
  }
  return [state, ...tried];
}

describe("the log under faults", () => {
  it("finds the old or the new state after a power cut at any operation, whatever failed before", {
    timeout: historyTimeout,
  }, async () => {
    for (const seed of seeds(250)) {
      const random = randomFrom(seed);
      let disk = new FaultyDisk(random);
      let allowed: State[] = [new Map()];
      for (let life = 0; life < 2; life++) {
        const log = await openLog(disk).catch((error: unknown) => {
          throw new Error(`seed ${seed}, life ${life}: ${String(error)}`);
        });
        const found = stateOf(log);
        const wanted = allowed.map(nameOf);
        if (!wanted.includes(nameOf(found))) throw new Error(`seed ${seed}, life ${life}: a third state`);
        await log.close();
        allowed = await workUntilCut(disk, found, random, 1 + Math.floor(random() * 250));
        disk = disk.afterCrash();
      }
    }
  });

  it("goes on after the disk was full, with nothing lost and nothing doubled", {
    timeout: historyTimeout,
  }, async () => {
    for (const seed of seeds(50)) {
      const random = randomFrom(seed);
      const disk = new FaultyDisk(random);
      let state: State = new Map();
      let log = await openLog(disk);
      for (let step = 0; step < 40; step++) {
        disk.capacity = random() < 0.3 ? disk.used + Math.floor(random() * 3000) : Number.POSITIVE_INFINITY;
        const records = randomRecords(random);
        try {
          await log.commit(records);
          state = applied(state, records);
        } catch (error) {
          expect(error).toMatchObject({ code: "quota_exceeded" });
        }
        await log.settle();
        if (random() < 0.2) {
          await log.close();
          log = await openLog(disk);
        }
        expect(nameOf(stateOf(log))).toBe(nameOf(state));
      }
    }
  });

  it("is not reached by what a predecessor still writes, compactions included", {
    timeout: historyTimeout,
  }, async () => {
    for (const seed of seeds(50)) {
      const random = randomFrom(seed);
      const disk = new FaultyDisk(random);
      let removals: Array<() => void> = [];
      const later = (_ms: number, work: () => void) => {
        removals.push(work);
        return () => {};
      };
      const zombie = await openLog(disk, { later, compactBytes: 2000 });
      let state: State = new Map();
      for (let i = 0; i < 10; i++) {
        const records = randomRecords(random);
        await zombie.commit(records);
        state = applied(state, records);
      }
      await zombie.settle();
      // Its timers do not run any more.
      removals = [];
      const next = await openLog(disk);
      expect(nameOf(stateOf(next))).toBe(nameOf(state));
      for (let i = 0; i < 20; i++) {
        if (random() < 0.5) await zombie.commit(randomRecords(random)).catch(() => undefined);
        if (random() < 0.3) await zombie.settle();
        const records = randomRecords(random);
        await next.commit(records);
        state = applied(state, records);
      }
      await next.settle();
      const after = await openLog(disk.afterCrash());
      expect(nameOf(stateOf(after))).toBe(nameOf(state));
    }
  });
});

describe("damage", () => {
  async function filled(): Promise<FaultyDisk> {
    const disk = new FaultyDisk(() => 0.99);
    const log = await openLog(disk);
    for (let i = 0; i < 6; i++) {
      await log.commit({
        inline: [[`n/${i}`, bytes(`node ${i}`)]],
        content: [[`c/${i}`, new Uint8Array(900).fill(i)]],
        deletes: [],
      });
    }
    await log.close();
    return disk;
  }

  it("in any byte is found when the store is opened or when the byte is read, never answered", async () => {
    const good = await filled();
    const whole = nameOf(stateOf(await openLog(good)));
    const random = randomFrom(5);
    for (const [name, { bytes: content }] of good.files) {
      for (let i = 0; i < 60; i++) {
        const disk = good.flushed();
        const at = Math.floor(random() * content.length);
        const damaged = disk.files.get(name)?.bytes as Uint8Array;
        damaged[at] = (damaged[at] as number) ^ (1 + Math.floor(random() * 255));
        let problem: unknown;
        let found = "";
        try {
          const log = await openLog(disk);
          found = nameOf(stateOf(log));
          if ((await damagesOf(log)).length > 0) problem = "found by the check";
        } catch (error) {
          problem = error;
        }
        // The bytes no head counts, and the last commit, which may be a torn one.
        if (problem === undefined && found !== whole) expect(found).toBe(nameOf(withoutLast(whole)));
        if (problem instanceof Error)
          expect(problem).toMatchObject({ code: expect.stringMatching(/^storage_(corrupt|error)$/) });
      }
    }
  });

  const withoutLast = (whole: string): State =>
    new Map(
      whole
        .split(" ")
        .map((each) => each.split("=") as [string, string])
        .filter(([key]) => !key.endsWith("/5")),
    );

  it("in the middle names what can be read, is left alone, and can be salvaged", async () => {
    const disk = await filled();
    const [name = "", file] = [...disk.files].find(([each]) => each.startsWith("log")) ?? [];
    const content = file?.bytes as Uint8Array;
    content.fill(0, 1080, 1100);
    const before = content.slice();
    const error = await openLog(disk).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "storage_corrupt", data: { readable: 10, damages: [{ file: name }] } });
    const salvaged = await openLog(disk, { salvage: true });
    expect([...salvaged.index.refs.keys()]).toHaveLength(10);
    expect(salvaged.damages).toMatchObject([{ file: name, what: "a frame that cannot be read" }]);
    await expect(salvaged.commit(one("n/1", "x"))).rejects.toMatchObject({ code: "storage_error" });
    await salvaged.close();
    expect(disk.files.get(name)?.bytes).toEqual(before);
    expect(disk.files.size).toBe(2);
  });

  it("of a lost file or a lost head is told", async () => {
    const lost = await filled();
    const name = [...lost.files.keys()].find((each) => each.startsWith("log")) ?? "";
    lost.files.delete(name);
    await expect(openLog(lost)).rejects.toMatchObject({ code: "storage_corrupt", data: { damages: [{ file: name }] } });
    const headless = await filled();
    headless.files.delete([...headless.files.keys()].find((each) => each.startsWith("head")) ?? "");
    await expect(openLog(headless)).rejects.toMatchObject({ code: "storage_corrupt" });
  });

  it("is not what a newer format is taken for", async () => {
    const disk = await filled();
    const head = [...disk.files].find(([each]) => each.startsWith("head"))?.[1].bytes as Uint8Array;
    for (const slot of [0, 16 * 1024]) if (head.length > slot) head[slot + 8] = 2;
    const before = head.slice();
    const error = await openLog(disk).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      code: "storage_error",
      message: expect.stringContaining("version 2 of the log format"),
    });
    expect(head).toEqual(before);
  });
});

describe("a file that cannot be opened", () => {
  it("fails the start, and the others are let go", async () => {
    const disk = new FaultyDisk(() => 0.99);
    for (let owner = 0; owner < 3; owner++) {
      const log = await openLog(disk, { compactBytes: 2 ** 30 });
      await log.commit(one(`n/${owner}`, "x"));
      await log.close();
    }
    const logs = [...disk.files.keys()].filter((name) => name.startsWith("log"));
    expect(logs).toHaveLength(3);
    const open = disk.open.bind(disk);
    let held = 0;
    disk.open = async (name) => {
      if (name === logs[1]) throw new Error("not now");
      const file = await open(name);
      held += 1;
      const close = file.close.bind(file);
      return Object.assign(file, {
        close: () => {
          held -= 1;
          close();
        },
      });
    };
    await expect(openLog(disk)).rejects.toThrow("not now");
    expect(held).toBe(0);
    disk.open = open;
    expect(nameOf(stateOf(await openLog(disk)))).toContain("n/1=");
  });
});

describe("a torn tail", () => {
  it("of any length is dropped without a word", async () => {
    const disk = new FaultyDisk(() => 0.99);
    const log = await openLog(disk);
    await log.commit(one("n/1", "first"));
    const name = [...disk.files.keys()].find((each) => each.startsWith("log")) ?? "";
    const length = disk.files.get(name)?.bytes.length ?? 0;
    const state = nameOf(stateOf(log));
    await log.commit(one("c/2", "second ".repeat(99)));
    const all = disk.files.get(name)?.bytes ?? new Uint8Array(0);
    for (let cut = length; cut < all.length; cut += 7) {
      const torn = disk.flushed();
      torn.files.get(name)?.content.apply({ kind: "truncate", size: cut });
      expect(nameOf(stateOf(await openLog(torn)))).toBe(state);
    }
  });
});

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
      expect(log.fileCount).toBeLessThanOrEqual(9);
      expect(nameOf(stateOf(log))).toBe(nameOf(state));
      await log.close();
    }
    expect([...disk.files.keys()].filter((name) => name.startsWith("head"))).toHaveLength(1);
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

  it("is no store any more, however far its removal came", async () => {
    const disk = new FaultyDisk(randomFrom(1));
    // Each owner writes a file of its own.
    for (const state of ["live", "live", "moved"] as const) {
      const log = await openLog(disk);
      await log.commit(one(`c/${state}`, "content"));
      await log.setState(state);
      await log.close();
    }
    const names = inRemovalOrder(await disk.names());
    expect(names.length).toBeGreaterThan(3);
    for (const name of names) {
      await disk.remove(name);
      const log = await openLog(disk);
      expect(log.isNew ? "none" : log.state, `after ${name} was removed`).toBe(
        name === names.at(-1) ? "none" : "moved",
      );
      await log.close();
    }
  });
});
