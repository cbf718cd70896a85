import { expect, it } from "vitest";
import { FaultyDisk } from "../../../testing/faulty-disk.ts";
import { applied, nameOf, one, openLog, randomRecords, type State, stateOf } from "../../../testing/log-records.ts";
import { randomFrom } from "../../../testing/random-operations.ts";

/** A start, commits with compactions, and an end; answers what was acknowledged. */
async function life(disk: FaultyDisk, before: State, seed: number): Promise<State[]> {
  const random = randomFrom(seed);
  let state = before;
  let allowed: State[] = [before];
  const log = await openLog(disk, { compactBytes: 3000 }).catch(() => undefined);
  for (let n = 0; log !== undefined && n < 12; n++) {
    const records = randomRecords(random);
    const tried = applied(state, records);
    const done = await log.commit(records).then(
      () => true,
      () => false,
    );
    if (done) state = tried;
    // Whether a commit that failed is there, only the next one settles.
    allowed = done ? [state] : [...allowed, tried];
    await log.settle();
  }
  await log?.close();
  return allowed;
}

it("a log that is closed, or did not open, has no file open, and keeps what it acknowledged, whatever failed", async () => {
  const first = new FaultyDisk(() => 0.99);
  const [state = new Map()] = await life(first, new Map(), 1);
  expect(first.handles).toBe(0);
  for (let failing = 0, met = true; met; failing++) {
    const disk = first.flushed();
    let operations = 0;
    met = false;
    disk.fault = (operation) => {
      if (operations++ !== failing) return;
      met = true;
      throw new Error(`${operation} failed`);
    };
    const allowed = await life(disk, state, 2);
    disk.fault = undefined;
    expect([failing, disk.handles]).toEqual([failing, 0]);
    expect(allowed.map(nameOf)).toContain(nameOf(stateOf(await openLog(disk))));
  }
});

it("a damaged log that is not opened has no file open", async () => {
  const whole = new FaultyDisk(() => 0.99);
  await life(whole, new Map(), 3);
  for (const name of whole.files.keys()) {
    const disk = whole.flushed();
    disk.files.delete(name);
    await openLog(disk).then(
      (log) => log.close(),
      (error: unknown) => expect(error).toMatchObject({ code: "storage_corrupt" }),
    );
    expect([name, disk.handles]).toEqual([name, 0]);
  }
});

it("files that were taken away take no commit, whatever their handles say; an error of another kind keeps its words", async () => {
  const disk = new FaultyDisk(() => 0.99);
  const log = await openLog(disk);
  await log.commit(one("n/1", "there"));
  const looks = disk.has;
  disk.fault = (operation) => {
    if (operation === "flush") throw new Error("flush failed");
  };
  for (const has of [looks, () => Promise.reject(new Error("cannot look"))]) {
    disk.has = has;
    await expect(log.commit(one("n/1", "lost"))).rejects.toThrow("flush failed");
  }
  disk.fault = undefined;
  disk.has = async () => false;
  // For some milliseconds a file that was found is taken for there.
  await new Promise((resolve) => setTimeout(resolve, 20));
  await expect(log.commit(one("n/1", "lost"))).rejects.toMatchObject({ code: "storage_error" });
  expect(new TextDecoder().decode(log.read("n/1"))).toBe("there");
});
