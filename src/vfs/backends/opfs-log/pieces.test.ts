import { beforeAll, describe, expect, it } from "vitest";
import { type Checksum, loadChecksum } from "./checksum.ts";
import { compactFrom } from "./compaction.ts";
import { type LogFile, readFully, writeParts } from "./files.ts";
import { decodeFrame, type EncodedFrame, encodeFrame } from "./frame.ts";
import { fileHeaderBytes } from "./log-file.ts";
import type { DataFile } from "./log-index.ts";
import { Window } from "./window.ts";

/** A file that reads at most `most` bytes at a time. */
class MemoryFile implements LogFile {
  readonly reads: number[] = [];
  readonly writes: number[] = [];

  constructor(
    public bytes: Uint8Array = new Uint8Array(0),
    private readonly most = Number.POSITIVE_INFINITY,
  ) {}

  get size(): number {
    return this.bytes.length;
  }

  read(into: Uint8Array, at: number): number {
    const found = this.bytes.subarray(at, at + Math.min(into.length, this.most));
    into.set(found);
    this.reads.push(found.length);
    return found.length;
  }

  write(from: Uint8Array, at: number): void {
    const grown = new Uint8Array(Math.max(this.size, at + from.length));
    grown.set(this.bytes);
    grown.set(from, at);
    this.bytes = grown;
    this.writes.push(from.length);
  }

  truncate(size: number): void {
    this.bytes = this.bytes.slice(0, size);
  }

  flush(): void {}
  close(): void {}
}

const counted = (length: number): Uint8Array => Uint8Array.from({ length }, (_, i) => (i * 31 + (i >> 8)) & 255);

/** What counts of a file's `live + dead` bytes. */
const file = (live: number, dead = 0): DataFile => ({
  name: "",
  id: 0n,
  file: new MemoryFile(),
  length: fileHeaderBytes + live + dead,
  live,
  sequence: 0,
});
const filesOf = (...lives: number[]): DataFile[] => lives.map((live) => file(live));

describe("which files are compacted", () => {
  it.each<readonly [string, readonly DataFile[], number | undefined]>([
    ["none while little is dead", [file(100, 500), file(0, 500)], undefined],
    ["all when more than the threshold and more than what counts is dead", [file(400, 600), file(400, 600)], 0],
    ["none when most of it counts", [file(1201, 1200)], undefined],
    ["none when half of it counts", [file(1200, 1200)], undefined],
    ["all when a bit less than half counts", [file(1199, 1200)], 0],
    ["none of four files", filesOf(1, 1, 1, 1), undefined],
    ["all of five that are alike", filesOf(1, 1, 1, 1, 1), 0],
    ["the small ones behind a large one", filesOf(90_000, 5, 5, 5, 5), 1],
    ["three of five whose sizes fall steeply", filesOf(...Array.from({ length: 5 }, (_, i) => 10 ** (15 - i))), 2],
    ["three of many whose sizes fall steeply", filesOf(...Array.from({ length: 12 }, (_, i) => 10 ** (15 - i))), 9],
  ])("%s", (_, files, from) => {
    expect(compactFrom(files, 1000)).toBe(from);
  });
});

describe("reading and writing in pieces", () => {
  it("reads on until it has all, or the file ends", () => {
    const slow = new MemoryFile(counted(100), 30);
    const into = new Uint8Array(100);
    expect([readFully(slow, into, 0), into]).toEqual([100, counted(100)]);
    expect(slow.reads).toEqual([30, 30, 30, 10]);
    expect(readFully(slow, new Uint8Array(50), 80)).toBe(20);
    expect(readFully(slow, new Uint8Array(0), 0)).toBe(0);
  });

  it("writes one part as it is, many together, in pieces", () => {
    const target = new MemoryFile();
    expect(writeParts(target, [counted(3)], 5)).toBe(3);
    expect(target.writes).toEqual([3]);
    const parts = [counted(10), counted(2 ** 20), new Uint8Array(0), counted(7)];
    expect(writeParts(target, parts, 8)).toBe(2 ** 20 + 17);
    expect(target.writes).toEqual([3, ...Array(4).fill(256 * 1024), 17]);
    expect(target.bytes.subarray(8, 18)).toEqual(counted(10));
    expect(Buffer.compare(target.bytes.subarray(18, 18 + 2 ** 20), counted(2 ** 20))).toBe(0);
    expect(target.bytes.subarray(-7)).toEqual(counted(7));
    expect(writeParts(target, [], 0)).toBe(0);
    expect(writeParts(target, [counted(2 ** 17), counted(2 ** 17)], 0)).toBe(2 ** 18);
    expect(target.writes.slice(6)).toEqual([2 ** 18]);
  });

  it("looks ahead, and reads again only what it does not have", () => {
    const bytes = counted(600_000);
    const source = new MemoryFile(bytes);
    const window = new Window(source);
    expect(window.bytes(100, 50)).toEqual(bytes.subarray(100, 150));
    expect(window.bytes(200_000, 1000)).toEqual(bytes.subarray(200_000, 201_000));
    expect(window.bytes(100, 256 * 1024)).toEqual(bytes.subarray(100, 100 + 256 * 1024));
    expect(source.reads).toEqual([256 * 1024]);
    expect(window.bytes(101, 256 * 1024)?.[0]).toBe(bytes[101]);
    expect(window.bytes(99, 1)?.[0]).toBe(bytes[99]);
    expect(source.reads).toHaveLength(3);
    expect(window.bytes(0, 400_000)).toHaveLength(400_000);
    expect(window.bytes(599_990, 10)).toEqual(bytes.subarray(599_990));
    expect(window.bytes(599_990, 11)).toBeUndefined();
    // It was cut while it was read.
    const torn = new MemoryFile(counted(10));
    Object.defineProperty(torn, "size", { value: 20 });
    expect(new Window(torn).bytes(0, 20)).toBeUndefined();
  });
});

describe("a frame", () => {
  let checksum: Checksum;
  beforeAll(async () => {
    checksum = await loadChecksum();
  });
  const records = {
    inline: [["n/1", counted(20)] as const],
    content: [["c/1/0", counted(500)] as const],
    deletes: ["n/2"],
  };
  const none = { inline: [], content: [], deletes: [] };

  function stored(frame: EncodedFrame, before = 0): Uint8Array {
    const target = new MemoryFile();
    writeParts(target, frame.parts, before);
    return target.bytes;
  }
  const decoded = (bytes: Uint8Array, end = bytes.length, at = 0, id = 5n) =>
    decodeFrame(new Window(new MemoryFile(bytes)), at, end, id, checksum);

  it("is read as it was written, wherever it stands", () => {
    const frame = encodeFrame(records, 5n, 9, checksum);
    for (const before of [0, 77]) {
      const { sequence, headBytes, contentBytes, entries } = frame;
      const again = decoded(stored(frame, before), undefined, before);
      expect(again).toMatchObject({ sequence, headBytes, contentBytes });
      for (const _ of [1, 2]) expect([...(again?.entries ?? [])]).toEqual(entries);
    }
    // Nothing but its header.
    const empty = decoded(stored(encodeFrame(none, 5n, 3, checksum)));
    expect(empty).toMatchObject({ sequence: 3, contentBytes: 0 });
    expect([...(empty?.entries ?? [empty])]).toEqual([]);
  });

  it("of many records is read as one of few: whatever bytes stand between the keys", () => {
    for (const count of [5, 16, 40]) {
      const many = {
        inline: Array.from({ length: count }, (_, i) => [`n/${i}`, counted(200 + i).map((byte) => byte ^ i)] as const),
        content: Array.from({ length: count }, (_, i) => [`c/${i}/0`, counted(i)] as const),
        deletes: Array.from({ length: count }, (_, i) => `p/${i}`),
      };
      const frame = encodeFrame(many, 5n, 1, checksum);
      const again = decoded(stored(frame));
      expect([...(again?.entries ?? [])]).toEqual(frame.entries);
      const entryOf = new Map(frame.entries.map((entry) => [entry.key, entry]));
      for (const [key, value] of [...many.inline, ...many.content]) {
        const { at = 0, length = 0 } = entryOf.get(key) ?? {};
        expect(stored(frame).subarray(at, at + length)).toEqual(value);
      }
    }
  });

  it("of another file does not count", () => {
    expect(decoded(stored(encodeFrame(records, 6n, 9, checksum)))).toBeUndefined();
  });

  it("that is not all there does not count, whatever the file says of its end", () => {
    const bytes = stored(encodeFrame(records, 5n, 9, checksum));
    for (let end = 0; end < bytes.length; end += 3) {
      expect(decoded(bytes, end), `end ${end}`).toBeUndefined();
      expect(decoded(bytes.subarray(0, end), end), `length ${end}`).toBeUndefined();
    }
    const { headBytes } = encodeFrame(records, 5n, 9, checksum);
    for (let length = 0; length < headBytes; length += 3)
      expect(decoded(bytes.subarray(0, length), bytes.length), `torn at ${length}`).toBeUndefined();
  });

  it("with any byte of its head changed does not count", () => {
    const frame = encodeFrame(records, 5n, 9, checksum);
    for (let at = 0; at < frame.headBytes; at++) {
      const bytes = stored(frame);
      bytes[at] = (bytes[at] ?? 0) ^ 1;
      expect(decoded(bytes), `byte ${at}`).toBeUndefined();
    }
  });

  it("takes keys of 1 to 255 characters", () => {
    for (const key of ["", "k".repeat(256)])
      expect(() => encodeFrame({ ...none, deletes: [key] }, 5n, 1, checksum)).toThrow("1 to 255");
    const long = encodeFrame({ ...none, deletes: ["k".repeat(255), "k"] }, 5n, 1, checksum);
    expect(Array.from(decoded(stored(long))?.entries ?? [], ({ key }) => key.length)).toEqual([255, 1]);
  });
});
