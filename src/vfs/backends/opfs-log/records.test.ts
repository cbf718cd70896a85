import { describe, expect, it } from "vitest";
import { LuaSkillsError } from "../../../errors.ts";
import { FaultyDisk } from "../../../testing/faulty-disk.ts";
import { bytesOf, openLog } from "../../../testing/log-records.ts";
import { copyInlineBytes, LogBackend } from "./backend.ts";

const newDisk = (): FaultyDisk => new FaultyDisk(() => 0.99);
const filled = (length: number, byte = 1): Uint8Array => new Uint8Array(length).fill(byte);
const put = (...puts: Array<readonly [string, Uint8Array]>) => ({ puts, deletes: [] });

/** What a check yields, and what it answers. */
async function checked(backend: LogBackend): Promise<{ steps: number[]; damages: unknown[] }> {
  const steps: number[] = [];
  const verifying = backend.verify();
  for (;;) {
    const step = await verifying.next();
    if (step.done) return { steps, damages: step.value };
    steps.push(step.value);
  }
}

describe("records of a tree in the log", () => {
  it("are there at a start: small ones with their values, the content of files as a length", async () => {
    const disk = newDisk();
    const first = new LogBackend(await openLog(disk));
    await first.commit(put(["n/1", filled(1000)], ["c/1/0", filled(7)], ["c/2/0", filled(0)]));
    await first.commit({ puts: [["n/2", filled(1)]], deletes: ["c/2/0"] });
    await first.close();
    const again = new LogBackend(await openLog(disk));
    expect([...(await again.load())]).toEqual([
      ["n/1", filled(1000)],
      ["c/1/0", 7],
      ["n/2", filled(1)],
    ]);
    // Their memory is let go: whoever wants them once more reads them.
    expect([...(await again.load())]).toEqual([
      ["n/1", 1000],
      ["c/1/0", 7],
      ["n/2", 1],
    ]);
    expect(again.read("n/1")).toEqual(filled(1000));
    await again.commit(put(["n/3", filled(2)]));
    expect([...(await again.load())].at(-1)).toEqual(["n/3", 2]);
    await again.close();
  });

  it("of a second copy are read at a start only while they are small", async () => {
    const disk = newDisk();
    const copy = async () => new LogBackend(await openLog(disk), false, copyInlineBytes);
    const first = await copy();
    await first.commit(put(["n/small", filled(copyInlineBytes)], ["n/large", filled(copyInlineBytes + 1)]));
    await first.close();
    const again = await copy();
    expect(new Map(await again.load())).toEqual(
      new Map<string, unknown>([
        ["n/small", filled(copyInlineBytes)],
        ["n/large", copyInlineBytes + 1],
      ]),
    );
    expect(again.read("n/large")).toEqual(filled(copyInlineBytes + 1));
    await again.close();
  });

  it("that cannot be written say why: in words of ours, for a folder that is gone, or in those of the platform", async () => {
    const disk = newDisk();
    const backend = new LogBackend(await openLog(disk));
    const failure = async (error: Error): Promise<unknown> => {
      disk.fault = () => {
        throw error;
      };
      const thrown = await backend.commit(put(["n/1", filled(1)])).catch((each: unknown) => each);
      disk.fault = undefined;
      return thrown;
    };
    const ours = new LuaSkillsError("quota_exceeded", "the disk is full");
    expect(await failure(ours)).toBe(ours);
    expect(await failure(new DOMException("no folder", "NotFoundError"))).toMatchObject({
      code: "storage_error",
      message: expect.stringContaining("the site's data was cleared"),
    });
    const other = new DOMException("busy", "InvalidStateError");
    expect(await failure(other)).toMatchObject({
      code: "storage_error",
      message: "the store in OPFS could not be written: busy",
      cause: other,
    });
    await backend.commit(put(["n/1", filled(1)]));
    await backend.close();
  });
});

describe("a check of the log", () => {
  const mega = 2 ** 20;

  it("tells how far it is every four megabytes, and finds nothing where nothing is wrong", async () => {
    const backend = new LogBackend(await openLog(newDisk(), { compactBytes: 2 ** 30 }));
    for (let n = 0; n < 5; n++) await backend.commit(put([`c/${n}`, filled(2 * mega, n)], [`n/${n}`, filled(9)]));
    expect(await checked(backend)).toEqual({ steps: [4 * mega, 8 * mega], damages: [] });
    await backend.close();
  });

  it("names each damage once, with its place, what opening found of files that are gone, and what has failed since", async () => {
    const disk = newDisk();
    const owners = ["one", "two"];
    for (const owner of owners) {
      const backend = new LogBackend(await openLog(disk, { compactBytes: 2 ** 30 }));
      await backend.commit(put([`c/${owner}`, bytesOf(`content of ${owner}`)]));
      await backend.commit(put([`n/${owner}`, bytesOf("node")]));
      await backend.close();
    }
    const file = disk.files.get("log-2-1")?.bytes ?? new Uint8Array(0);
    const at = new TextDecoder("latin1").decode(file).indexOf("content of two");
    file[at] = 0;
    file.fill(0, file.length - 20);
    disk.files.delete("log-1-1");
    const log = await openLog(disk, { salvage: true });
    log.problems.push("compaction failed: no room");
    const { damages } = await checked(new LogBackend(log, true));
    const frameAt = at + "content of two".length;
    expect(damages).toEqual([
      {
        where: "log-2-1",
        what: `a frame that cannot be read (byte ${frameAt}, ${file.length - frameAt} bytes)`,
      },
      { where: "log-2-1", what: `record "c/two" (byte ${at}, 14 bytes)` },
      { where: "log-1-1", what: expect.stringMatching(/^a file that is missing \(byte 0, \d{3} bytes\)$/) },
      { where: "log", what: "compaction failed: no room" },
    ]);
    await log.close();
  });

  it("reads no file any more that a compaction has taken away meanwhile", async () => {
    const disk = newDisk();
    const log = await openLog(disk, { compactBytes: 6 * mega });
    const backend = new LogBackend(log);
    for (let n = 0; n < 3; n++) await backend.commit(put([`c/${n}`, filled(2 * mega, n)]));
    const verifying = backend.verify();
    expect(await verifying.next()).toEqual({ done: false, value: 4 * mega });
    for (let n = 0; n < 7; n++) await backend.commit(put(["c/0", filled(2 * mega, n)]));
    await log.settle();
    expect(disk.files.has("log-1-1")).toBe(false);
    // It would find other bytes where the file is cut.
    expect(await verifying.next()).toEqual({ done: true, value: [] });
    await backend.close();
  });
});
