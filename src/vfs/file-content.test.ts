import { describe, expect, it } from "vitest";
import { type ChunkSource, chunkBytes, FileContent } from "./file-content.ts";
import { Residency } from "./residency.ts";

const filled = (length: number, byte: number) => new Uint8Array(length).fill(byte);

describe("what a backend is lent", () => {
  it("is a chunk itself where its buffer is no longer, and a later write leaves it as it was", () => {
    const record = filled(4, 1);
    const content = FileContent.adopt([record], 4);
    expect(content.chunk(0)).toBe(record);
    const lent = content.lend(0);
    expect(lent).toBe(record);
    content.write(filled(1, 9), 0);
    expect([...lent]).toEqual([1, 1, 1, 1]);
    expect([...content.copy()]).toEqual([9, 1, 1, 1]);
  });

  it("is copied where there is room behind it: a clone would take all of the buffer along", () => {
    const content = new FileContent();
    content.write(filled(10, 1), 0);
    content.write(filled(1, 2), 10);
    expect(content.chunk(0).buffer.byteLength).toBeGreaterThan(11);
    const lent = content.lend(0);
    expect([lent.byteLength, lent.buffer.byteLength, lent[10]]).toEqual([11, 11, 2]);
    content.write(filled(1, 9), 0);
    expect(lent[0]).toBe(1);
  });
});

describe("a small file that grows", () => {
  it("takes twice its bytes at most, up to a chunk, and is not copied while there is room", () => {
    const content = new FileContent();
    content.write(filled(10, 1), 0);
    content.write(filled(1, 2), 10);
    const { buffer } = content.chunk(0);
    expect(buffer.byteLength).toBe(20);
    content.write(filled(9, 3), 11);
    expect(content.chunk(0).buffer).toBe(buffer);
    content.write(filled(chunkBytes, 4), 20);
    expect(content.chunk(0).buffer.byteLength).toBe(chunkBytes);
  });
});

describe("a commit that failed", () => {
  it("leaves its chunks to the next one, as far as the file still has them", () => {
    const content = new FileContent();
    content.write(filled(2 * chunkBytes, 1), 0);
    const taken = content.takeDirty();
    expect(taken).toEqual([0, 1]);
    expect(content.takeDirty()).toEqual([]);
    content.truncate(chunkBytes);
    content.markDirty(taken);
    expect(content.takeDirty()).toEqual([0]);
  });
});

describe("chunks of a store that can be read again", () => {
  const source = (residency: Residency): ChunkSource => ({ residency, read: () => filled(chunkBytes, 7) });

  it("leave memory when they are committed and others are touched, not before", () => {
    const residency = new Residency(chunkBytes);
    const content = FileContent.stored(2 * chunkBytes, source(residency));
    content.write(filled(chunkBytes, 1), 0);
    const taken = content.takeDirty();
    expect([content.evict(0), residency.bytes]).toEqual([false, 0]);
    content.committed(taken, source(residency));
    expect(residency.bytes).toBe(chunkBytes);
    expect([content.evict(0), content.evict(0)]).toEqual([true, false]);
    expect(content.chunk(0)[0]).toBe(7);
  });

  it("stay where the store cannot be read any more", () => {
    const content = FileContent.stored(chunkBytes, source(new Residency(chunkBytes)));
    content.write(filled(1, 1), 0);
    content.committed(content.takeDirty(), undefined);
    expect(content.evict(0)).toBe(false);
    expect([...content.copy().subarray(0, 2)]).toEqual([1, 7]);
  });
});
