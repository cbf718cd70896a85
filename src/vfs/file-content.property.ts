import fc from "fast-check";
import { expect, it } from "vitest";
import { sameBytes } from "../base/bytes/same-bytes.ts";
import { type ChunkSource, chunkBytes, FileContent } from "./file-content.ts";
import { Residency } from "./residency.ts";

/** Around the ends of chunks, where mistakes are. */
const place = fc.oneof(
  fc.nat(4 * chunkBytes),
  fc.tuple(fc.nat(4), fc.integer({ min: -2, max: 2 })).map(([n, by]) => Math.max(0, n * chunkBytes + by)),
);
const step = fc.oneof(
  fc.record({ do: fc.constant("write" as const), at: place, length: place, byte: fc.integer({ min: 1, max: 255 }) }),
  fc.record({ do: fc.constant("replace" as const), length: place, byte: fc.integer({ min: 1, max: 255 }) }),
  fc.record({ do: fc.constant("truncate" as const), at: place }),
  fc.record({ do: fc.constant("read" as const), at: place, length: fc.nat(chunkBytes * 2) }),
  fc.record({ do: fc.constantFrom("commit", "fail", "detach", "forget" as const) }),
);

/** A file as bytes, and the chunks that its store has. */
class World {
  readonly stored = new Map<number, Uint8Array>();
  readonly residency = new Residency(2 * chunkBytes);
  readonly source: ChunkSource = {
    residency: this.residency,
    read: (index) => {
      const chunk = this.stored.get(index);
      if (chunk === undefined) throw new Error(`chunk ${index} is not stored`);
      return chunk.slice();
    },
  };
  content: FileContent;
  bytes: Uint8Array;
  /** Chunks that a commit has to take. */
  readonly dirty = new Set<number>();

  constructor(size: number) {
    this.bytes = new Uint8Array(size).map((_, i) => i % 251);
    for (let index = 0; index < this.chunkCount; index++) this.stored.set(index, this.chunk(index));
    this.content = FileContent.stored(size, this.source);
  }

  get chunkCount(): number {
    return Math.ceil(this.bytes.length / chunkBytes);
  }

  chunk(index: number): Uint8Array {
    return this.bytes.slice(index * chunkBytes, (index + 1) * chunkBytes);
  }

  resize(size: number): void {
    const before = Array.from({ length: this.chunkCount }, (_, index) => this.chunk(index).length);
    const shorter = size < this.bytes.length;
    const grown = new Uint8Array(size);
    grown.set(this.bytes.subarray(0, size));
    this.bytes = grown;
    for (const index of this.dirty) if (index >= this.chunkCount) this.dirty.delete(index);
    for (let index = 0; index < this.chunkCount; index++) {
      const length = this.chunk(index).length;
      if (length !== before[index] && !(shorter && length === chunkBytes)) this.dirty.add(index);
    }
  }

  write(at: number, length: number, byte: number): void {
    if (length === 0) return;
    if (at + length > this.bytes.length) this.resize(at + length);
    this.bytes.fill(byte, at, at + length);
    for (let index = Math.floor(at / chunkBytes); index * chunkBytes < at + length; index++) this.dirty.add(index);
  }

  /** What a log does: chunks are lent, and are there to be read when it is done. */
  commit(done: boolean): void {
    const taken = this.content.takeDirty();
    expect(new Set(taken)).toEqual(this.dirty);
    const lent = taken.map((index) => [index, this.content.lend(index)] as const);
    for (const [, chunk] of lent) expect(chunk.byteLength).toBe(chunk.buffer.byteLength);
    if (!done) {
      this.content.markDirty(taken);
      return;
    }
    for (const [index, chunk] of lent) this.stored.set(index, chunk.slice());
    this.dirty.clear();
    this.content.committed(taken, this.source);
    expect(this.residency.bytes).toBeLessThanOrEqual(this.residency.limit);
    for (let index = 0; index < this.chunkCount; index++) expectBytes(this.stored.get(index), this.chunk(index));
  }
}

/** `toEqual` looks at bytes one by one, for seconds. */
function expectBytes(found: Uint8Array | undefined, wanted: Uint8Array): void {
  expect(found?.length).toBe(wanted.length);
  expect(found !== undefined && sameBytes(found, wanted)).toBe(true);
}

it("is what was written, in memory and in the store, however little of it is in memory", () => {
  fc.assert(
    fc.property(place, fc.array(step, { maxLength: 25 }), (size, steps) => {
      const world = new World(size);
      for (const each of steps) {
        const { content } = world;
        switch (each.do) {
          case "write":
            content.write(new Uint8Array(each.length).fill(each.byte), each.at);
            world.write(each.at, each.length, each.byte);
            break;
          case "replace": {
            content.replace(new Uint8Array(each.length).fill(each.byte));
            const kept = Math.min(each.length, world.bytes.length);
            world.resize(kept - (kept % chunkBytes));
            world.write(0, each.length, each.byte);
            break;
          }
          case "truncate":
            content.truncate(each.at);
            world.resize(each.at);
            break;
          case "read": {
            const target = new Uint8Array(each.length);
            const got = content.read(target, each.at);
            expectBytes(target.subarray(0, got), world.bytes.subarray(each.at, each.at + each.length));
            expect(target.subarray(got).every((byte) => byte === 0)).toBe(true);
            break;
          }
          case "detach":
            content.detach();
            break;
          case "forget":
            // Another start.
            world.commit(true);
            world.content = FileContent.stored(world.bytes.length, world.source);
            break;
          default:
            world.commit(each.do === "commit");
        }
        expect([world.content.size, world.content.chunkCount]).toEqual([world.bytes.length, world.chunkCount]);
      }
      expectBytes(world.content.copy(), world.bytes);
      for (let index = 0; index < world.chunkCount; index++) {
        expectBytes(world.content.chunk(index), world.chunk(index));
      }
    }),
  );
});
