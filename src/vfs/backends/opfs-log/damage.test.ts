import { describe, expect, it } from "vitest";
import { FaultyDisk } from "../../../testing/faulty-disk.ts";
import { bytesOf, nameOf, one, openLog, type State, stateOf } from "../../../testing/log-records.ts";
import { randomFrom } from "../../../testing/random-operations.ts";
import { inRemovalOrder } from "../store-folder.ts";
import type { Log } from "./log.ts";
import type { Damage } from "./log-file.ts";

async function damagesOf(log: Log): Promise<readonly Damage[]> {
  const verifying = log.verify();
  let step = await verifying.next();
  while (!step.done) step = await verifying.next();
  return step.value;
}

describe("damage", () => {
  async function filled(): Promise<FaultyDisk> {
    const disk = new FaultyDisk(() => 0.99);
    const log = await openLog(disk);
    for (let i = 0; i < 6; i++) {
      await log.commit({
        inline: [[`n/${i}`, bytesOf(`node ${i}`)]],
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

  it("of the last commit is told once the log has been closed: it was whole then", async () => {
    const disk = await filled();
    const file = [...disk.files].find(([each]) => each.startsWith("log"))?.[1].bytes as Uint8Array;
    file.fill(0, file.length - 20);
    const log = await openLog(disk);
    expect(await damagesOf(log)).toMatchObject([{ what: 'record "c/5"' }]);
    expect(() => log.read("c/5")).toThrow(expect.objectContaining({ code: "storage_corrupt" }));
  });

  it("of a killed owner's file is told where a sound frame follows, with its place; at the end it is a tear", async () => {
    const disk = new FaultyDisk(() => 0.99);
    const log = await openLog(disk);
    const name = "log-1-1";
    const ends: number[] = [];
    for (let i = 0; i < 4; i++) {
      await log.commit(one(`n/${i}`, `node ${i}`));
      ends.push(disk.files.get(name)?.bytes.length ?? 0);
    }
    const damagedFrom = (at: number) => {
      const killed = disk.flushed();
      killed.files.get(name)?.bytes.fill(0, at, at + 8);
      return killed;
    };
    const [, second = 0, third = 0] = ends;
    const damages = [{ file: name, at: second, bytes: third - second, what: "a frame that cannot be read" }];
    await expect(openLog(damagedFrom(second))).rejects.toMatchObject({ code: "storage_corrupt", data: { damages } });
    const torn = await openLog(damagedFrom(third));
    expect([...torn.index.refs.keys()]).toEqual(["n/0", "n/1", "n/2"]);
    expect(await damagesOf(torn)).toEqual([]);
    await torn.commit(one("n/3", "again"));
    expect([...torn.index.refs.keys()]).toHaveLength(4);
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

describe("a store that has moved", () => {
  it("has not when its head could not be flushed: the commit after that goes on, and no start finds it moved", async () => {
    const disk = new FaultyDisk(randomFrom(1));
    const log = await openLog(disk);
    await log.commit(one("c/1", "first"));
    disk.fault = (operation) => {
      if (operation === "flush") throw new Error("flush failed");
    };
    await expect(log.setState("moved")).rejects.toThrow("flush failed");
    disk.fault = undefined;
    expect(log.state).toBe("live");
    await log.commit(one("c/2", "second"));
    // All that was written is on the disk: the head that failed, too.
    const next = await openLog(disk.killed());
    expect([next.state, stateOf(next).get("c/2")]).toEqual(["live", stateOf(log).get("c/2")]);
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
