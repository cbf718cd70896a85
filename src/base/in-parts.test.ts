import { expect, it } from "vitest";
import { inParts } from "./in-parts.ts";

it("does a few at once, and leaves the thread to others between the parts of many", async () => {
  const done: number[] = [];
  void inParts([1, 2, 3], (each) => done.push(each));
  expect(done).toEqual([1, 2, 3]);

  let count = 0;
  const all = inParts(Array.from({ length: 1000 }), () => count++);
  expect(count).toBeLessThan(1000);
  let between = 0;
  setImmediate(() => {
    between = count;
  });
  await all;
  expect(count).toBe(1000);
  expect(between).toBeLessThan(1000);
});

it("what the work throws is its rejection", async () => {
  await expect(
    inParts([1], () => {
      throw new Error("no");
    }),
  ).rejects.toThrow("no");
});
