import { describe, expect, it } from "vitest";
import { FaultyDisk, PowerCut } from "../../../testing/faulty-disk.ts";
import { historyTimeout, seeds } from "../../../testing/histories.ts";
import { applied, nameOf, one, openLog, randomRecords, type State, stateOf } from "../../../testing/log-records.ts";
import { randomFrom } from "../../../testing/random-operations.ts";
import type { Log } from "./log.ts";

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

describe("a commit that fails", () => {
  const before = one("n/1", "before");
  const after = one("n/2", "after");
  const both = nameOf(applied(applied(new Map(), before), after));

  /** A log of one commit and one that failed, by these operations one after another. */
  async function failed(operations: readonly string[]): Promise<{ disk: FaultyDisk; log: Log }> {
    const disk = new FaultyDisk(() => 0.9);
    const log = await openLog(disk);
    await log.commit(before);
    const left = [...operations];
    disk.fault = (operation) => {
      if (operation !== left[0]) return;
      left.shift();
      throw new Error(`${operation} failed`);
    };
    await expect(log.commit(one("n/1", "never"))).rejects.toThrow(`${operations[0]} failed`);
    disk.fault = undefined;
    return { disk, log };
  }

  it("leaves nothing behind, on the disk either, and the next one goes to the same file", async () => {
    const { disk, log } = await failed(["flush"]);
    const file = disk.files.get("log-1-1");
    expect([file?.bytes.length, file?.durable.bytes.length]).toEqual([log.bytes, log.bytes]);
    await log.commit(after);
    expect(log.fileCount).toBe(1);
    expect(nameOf(stateOf(await openLog(disk.afterCrash())))).toBe(both);
  });

  it.each(["truncate", "flush"])("and cannot be taken back (%s) is followed by a new file", async (operation) => {
    const { disk, log } = await failed(["flush", operation]);
    await log.commit(after);
    expect(log.fileCount).toBe(2);
    expect(nameOf(stateOf(await openLog(disk.flushed())))).toBe(both);
  });
});

describe("kills that tear the directory's own record of names", () => {
  it.each([1, 2, 3, 4, 5])("lose nothing that was acknowledged: series %i", async (seed) => {
    const random = randomFrom(seed);
    let disk = new FaultyDisk(random);
    let state: State = new Map();
    for (let kill = 0; kill < 12; kill++) {
      const log = await openLog(disk, { compactBytes: 2000 });
      expect(nameOf(stateOf(log)), `after kill ${kill}`).toBe(nameOf(state));
      for (let commits = Math.floor(random() * 4); commits >= 0; commits--) {
        const records = randomRecords(random);
        await log.commit(records);
        state = applied(state, records);
      }
      if (random() < 0.3) await log.settle();
      if (random() < 0.2) await log.close();
      // Whoever else makes files for the site may have torn it.
      disk = disk.killed();
    }
  });
});
