import { beforeAll, describe, expect, it } from "vitest";
import { FaultyDisk } from "../../../testing/faulty-disk.ts";
import { type Checksum, loadChecksum } from "./checksum.ts";
import type { LogFile } from "./files.ts";
import { type Head, type HeadFile, type LogState, readHead, writeHead } from "./head.ts";

const slotBytes = 16 * 1024;
const versionAt = 8;
const epoch = 3;

let checksum: Checksum;
beforeAll(async () => {
  checksum = await loadChecksum();
});

const emptyFile = (): Promise<LogFile> => new FaultyDisk(() => 0.99).create("head-3");
const head = (turn: number, files: readonly HeadFile[] = [], state: LogState = "live"): Head => ({
  turn,
  state,
  files,
});
const named = (name: string): HeadFile => ({ name, id: 1n, sealed: undefined });
const write = (file: LogFile, each: Head, slot: number) => writeHead(file, each, slot, epoch, checksum);
const read = (file: LogFile) => readHead(file, checksum);

describe("a head", () => {
  it.each(["staging", "live", "moved", "arrived"] as const)("is read as it was written: %s", async (state) => {
    const file = await emptyFile();
    const written = head(
      7,
      [
        { name: "pack-1-2", id: 2n ** 63n + 1n, sealed: 0 },
        { name: "pack-größer", id: 0n, sealed: 2 ** 40 + 5 },
        { name: "log-3-1", id: 12n, sealed: undefined },
      ],
      state,
    );
    write(file, written, 0);
    expect(read(file)).toEqual({ head: written, slot: 0 });
  });

  it("counts when it is the newer of the two, whichever place it has; without one there is none", async () => {
    const file = await emptyFile();
    expect(read(file)).toBeUndefined();
    write(file, head(5), 1);
    expect(read(file)).toEqual({ head: head(5), slot: 1 });
    write(file, head(4), 0);
    expect(read(file)?.slot).toBe(1);
    write(file, head(6), 0);
    expect(read(file)?.slot).toBe(0);
  });

  it("that is damaged or cut off anywhere leaves the one before it", async () => {
    const good = head(1, [named("log-1-1")]);
    const length = 56 + 17 + "log-1-1".length;
    const damages = async (damage: (file: LogFile) => void) => {
      const file = await emptyFile();
      write(file, good, 0);
      write(file, head(2, [named("log-2-1")]), 1);
      damage(file);
      return read(file);
    };
    for (let at = 0; at < length; at++) {
      const flipped = await damages((file) => {
        const byte = new Uint8Array(1);
        file.read(byte, slotBytes + at);
        // Another bit there would make it a newer version.
        const bit = at === versionAt ? 1 : 0x80;
        file.write(Uint8Array.of((byte[0] as number) ^ bit), slotBytes + at);
      });
      expect([at, flipped]).toEqual([at, { head: good, slot: 0 }]);
      const cut = await damages((file) => file.truncate(slotBytes + at));
      expect([at, cut]).toEqual([at, { head: good, slot: 0 }]);
    }
  });

  it("of a newer version is left alone; a number that no version will have is damage", async () => {
    const file = await emptyFile();
    write(file, head(1), 0);
    const version = (number: number) => file.write(Uint8Array.of(number & 255, number >> 8, 0, 0), versionAt);
    version(999);
    expect(() => read(file)).toThrow(
      expect.objectContaining({ code: "storage_error", data: expect.objectContaining({ found: 999 }) }),
    );
    version(1000);
    expect(read(file)).toBeUndefined();
  });

  it("takes as many files as its place has room for, and refuses one more before it writes", async () => {
    const file = await emptyFile();
    const name = "x".repeat(200);
    const most = Math.floor((slotBytes - 56) / (17 + name.length));
    const last = slotBytes - 56 - most * (17 + name.length) - 17;
    const full = [...Array.from({ length: most }, () => named(name)), named("y".repeat(last))];
    write(file, head(1, full), 1);
    write(file, head(2, full), 0);
    expect(read(file)?.head.files).toEqual(full);
    const tooMany = [...full.slice(0, -1), named("y".repeat(last + 1))];
    expect(() => write(file, head(3, tooMany), 0)).toThrow(
      expect.objectContaining({ code: "internal", message: expect.stringContaining(`${tooMany.length} files`) }),
    );
    expect(read(file)?.head.turn).toBe(2);
  });
});
