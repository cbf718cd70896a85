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

describe("content that a record holds", () => {
  it("is left as it is when the file changes, lent or not", () => {
    const record = filled(4, 1);
    const content = FileContent.adopt([record], 4);
    content.write(filled(1, 9), 0);
    expect([[...record], [...content.copy()]]).toEqual([
      [1, 1, 1, 1],
      [9, 1, 1, 1],
    ]);
  });
});

describe("what a commit is to write", () => {
  it("is only what changed: not the full chunk before what is appended, nothing for a size that stays", () => {
    const content = FileContent.adopt([filled(chunkBytes, 1)], chunkBytes);
    content.write(filled(1, 2), chunkBytes);
    expect(content.takeDirty()).toEqual([1]);
    content.truncate(chunkBytes + 1);
    expect(content.takeDirty()).toEqual([]);
    content.truncate(chunkBytes);
    expect(content.takeDirty()).toEqual([]);
    content.truncate(chunkBytes - 1);
    expect(content.takeDirty()).toEqual([0]);
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

  it("are not read where all of them is written anew, however much of the last that is", () => {
    const unreadable: ChunkSource = {
      residency: new Residency(chunkBytes),
      read: () => {
        throw new Error("damaged");
      },
    };
    const content = FileContent.stored(chunkBytes + 10, unreadable);
    content.write(filled(chunkBytes + 10, 3), 0);
    expect(content.copy().every((byte) => byte === 3)).toBe(true);
    expect(() => FileContent.stored(chunkBytes + 10, unreadable).write(filled(9, 3), chunkBytes)).toThrow("damaged");
  });

  it("come into memory before the store forgets the file, and stay there", () => {
    const residency = new Residency(10 * chunkBytes);
    let isThere = true;
    const read = (index: number): Uint8Array => {
      if (!isThere) throw new Error("gone");
      return filled(index === 1 ? 10 : chunkBytes, 7);
    };
    const content = FileContent.stored(chunkBytes + 10, { residency, read });
    content.write(filled(1, 9), 0);
    content.detach();
    isThere = false;
    expect([content.evict(0), content.evict(1)]).toEqual([false, false]);
    const bytes = content.copy();
    expect([bytes.length, bytes[0], bytes[1], bytes[chunkBytes + 9]]).toEqual([chunkBytes + 10, 9, 7, 7]);
    content.detach();
    expect(content.copy()).toEqual(bytes);
  });

  it("stay longer when they are touched again", () => {
    const residency = new Residency(2 * chunkBytes);
    const reads: number[] = [];
    const read = (index: number): Uint8Array => {
      reads.push(index);
      return filled(chunkBytes, 7);
    };
    const content = FileContent.stored(3 * chunkBytes, { residency, read });
    for (const index of [0, 1, 0, 2, 0]) content.chunk(index);
    expect(reads).toEqual([0, 1, 2]);
    content.chunk(1);
    expect(reads).toEqual([0, 1, 2, 1]);
  });

  it("stay where the store cannot be read any more", () => {
    const content = FileContent.stored(chunkBytes, source(new Residency(chunkBytes)));
    content.write(filled(1, 1), 0);
    content.committed(content.takeDirty(), undefined);
    expect(content.evict(0)).toBe(false);
    expect([...content.copy().subarray(0, 2)]).toEqual([1, 7]);
  });
});
