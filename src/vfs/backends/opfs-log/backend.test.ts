import { beforeAll, describe, expect, it } from "vitest";
import { FaultyDisk } from "../../../testing/faulty-disk.ts";
import { outcome, randomFrom, randomOperation, snapshot } from "../../../testing/random-operations.ts";
import { chunkBytes } from "../../file-content.ts";
import { MemoryTree } from "../../memory-tree.ts";
import { TreeStore } from "../../tree-store.ts";
import { LogBackend } from "./backend.ts";
import { type Checksum, loadChecksum } from "./checksum.ts";
import { Log } from "./log.ts";
import type { LogOptions } from "./log-options.ts";

let checksum: Checksum;
beforeAll(async () => {
  checksum = await loadChecksum();
});

const logOptions = (compactBytes: number): LogOptions => ({
  checksum,
  compactBytes,
  pause: () => Promise.resolve(),
  later: (_ms, work) => {
    queueMicrotask(work);
    return () => {};
  },
});
const openLog = (disk: FaultyDisk): Promise<Log> => Log.open(disk, logOptions(100_000));
const open = async (disk: FaultyDisk, residentBytes?: number): Promise<TreeStore> =>
  TreeStore.open(new LogBackend(await openLog(disk)), { residentBytes });

describe("a tree over the log", () => {
  it("is the same as one in memory, however little of it may stay there, with failing commits and crashes", {
    timeout: 120_000,
  }, async () => {
    for (let seed = 1; seed <= 6; seed++) {
      const random = randomFrom(seed);
      const operations = randomFrom(seed + 1000);
      let disk = new FaultyDisk(random);
      // Half a dozen chunks, or none at all.
      const resident = seed % 2 === 0 ? 0 : 6 * chunkBytes;
      let store = await open(disk, resident);
      let plain = new MemoryTree();
      for (let step = 0; step < 200; step++) {
        const operation = randomOperation(operations);
        expect(outcome(store.fs, operation)).toEqual(outcome(plain, operation));
        if (step % 20 === 0) expect(snapshot(store.fs)).toEqual(snapshot(plain));
        const dice = random();
        if (dice < 0.05) {
          disk.fault = (what) => {
            if (what === "flush") throw new Error("flush failed");
          };
          if (store.dirty) await expect(store.commit()).rejects.toMatchObject({ code: "storage_error" });
          disk.fault = undefined;
        } else if (dice < 0.15) {
          await store.commit();
        } else if (dice < 0.17) {
          // A crash: what was not committed is gone.
          disk = disk.afterCrash();
          store = await open(disk, resident);
          plain = new MemoryTree();
          copyInto(plain, store.fs, "/");
        } else if (dice < 0.2) {
          await store.commit();
          disk = disk.afterCrash();
          store = await open(disk, resident);
          expect(snapshot(store.fs)).toEqual(snapshot(plain));
        }
      }
    }
  });

  it("holds no more of a large file than it may, and reads what is touched", async () => {
    const disk = new FaultyDisk(() => 0.99);
    const first = await open(disk);
    const file = first.fs.open("/large", { create: true });
    for (let i = 0; i < 300; i++) file.writeAt(new Uint8Array(chunkBytes).fill(i), i * chunkBytes);
    await first.close();
    const store = await open(disk, 10 * chunkBytes);
    expect(store.memoryBytes).toBe(0);
    const again = store.fs.open("/large");
    expect(again.size).toBe(300 * chunkBytes);
    const byte = new Uint8Array(1);
    again.readAt(byte, 250 * chunkBytes + 7);
    expect(byte[0]).toBe(250);
    expect(store.memoryBytes).toBe(chunkBytes);
    for (let i = 0; i < 300; i++) {
      again.readAt(byte, i * chunkBytes);
      expect(byte[0]).toBe(i & 255);
      expect(store.memoryBytes).toBeLessThanOrEqual(10 * chunkBytes);
    }
    again.writeAt(new Uint8Array([1]), 5 * chunkBytes + 1);
    await store.commit();
    for (let i = 100; i < 200; i++) again.readAt(byte, i * chunkBytes);
    again.readAt(byte, 5 * chunkBytes + 1);
    expect(byte[0]).toBe(1);
    await store.close();
  });

  it("keeps a removed file readable for who has it open", async () => {
    const disk = new FaultyDisk(() => 0.99);
    const first = await open(disk);
    first.fs.writeFile("/f", new Uint8Array(5 * chunkBytes).fill(9));
    await first.close();
    const store = await open(disk, 0);
    const file = store.fs.open("/f");
    store.fs.remove("/f");
    await store.commit();
    const bytes = new Uint8Array(5 * chunkBytes);
    expect(file.readAt(bytes, 0)).toBe(bytes.length);
    expect(bytes.every((each) => each === 9)).toBe(true);
    await store.close();
  });

  it("gives what is left of a damaged store, and says what is lost", async () => {
    const disk = new FaultyDisk(() => 0.99);
    const first = await open(disk);
    for (const name of ["a", "b", "c"]) {
      first.fs.writeFile(`/${name}`, new Uint8Array(1000).fill(name.charCodeAt(0)));
      await first.commit();
    }
    await first.close();
    const [, file] = [...disk.files].find(([name]) => name.startsWith("log")) ?? [];
    // The head of the second commit.
    const at = (file?.bytes ?? new Uint8Array(0)).findIndex(
      (byte, i, all) => byte === 0x4c && all[i + 1] === 0x53 && all[i + 3] === 0x31 && i > 100,
    );
    file?.bytes.fill(0, at, at + 8);
    await expect(open(disk)).rejects.toMatchObject({ code: "storage_corrupt" });
    const log = await Log.open(disk, { ...logOptions(100_000), salvage: true });
    const store = await TreeStore.open(new LogBackend(log, true));
    expect(store.fs.list("/")).toEqual(["a", "c"]);
    expect(store.fs.readFile("/c")[0]).toBe(99);
    const verifying = store.verify();
    let step = await verifying.next();
    while (!step.done) step = await verifying.next();
    expect(step.value).toMatchObject([{ what: expect.stringContaining("a frame that cannot be read") }]);
    await expect(
      store
        .commit()
        .then(() => store.fs.remove("/a"))
        .then(() => store.commit()),
    ).rejects.toMatchObject({
      code: "storage_error",
    });
  });

  it("says which file cannot be read, and reads all others", async () => {
    const disk = new FaultyDisk(() => 0.99);
    const first = await open(disk);
    first.fs.writeFile("/good", new Uint8Array(1000).fill(1));
    first.fs.writeFile("/bad", new Uint8Array(1000).fill(2));
    await first.commit();
    first.fs.writeFile("/last", new Uint8Array(1000).fill(3));
    await first.close();
    for (const { bytes } of disk.files.values()) {
      const at = bytes.findIndex(
        (_, i) => bytes.subarray(i, i + 900).every((byte) => byte === 2) && i + 900 < bytes.length,
      );
      if (at >= 0) bytes[at + 100] = 7;
    }
    const store = await open(disk);
    expect(store.fs.readFile("/good")[0]).toBe(1);
    expect(() => store.fs.readFile("/bad")).toThrow(
      expect.objectContaining({
        errno: "EIO",
        path: "/bad",
        cause: expect.objectContaining({ code: "storage_corrupt" }),
      }),
    );
    await store.close();
  });
});

function copyInto(target: MemoryTree, source: MemoryTree, path: string): void {
  for (const name of source.list(path)) {
    const child = path === "/" ? `/${name}` : `${path}/${name}`;
    if (source.stat(child)?.kind === "dir") {
      target.mkdir(child);
      copyInto(target, source, child);
    } else target.writeFile(child, source.readFile(child));
  }
}
