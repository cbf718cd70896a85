import { expect, it } from "vitest";
import { type Evictable, Residency } from "./residency.ts";

/** Lets go of everything it is asked to, and tells in which order. */
class Content implements Evictable {
  readonly touched = new Set<number>();
  readonly evicted: number[] = [];

  takeTouched(index: number): boolean {
    return this.touched.delete(index);
  }

  evict(index: number): boolean {
    this.evicted.push(index);
    return true;
  }
}

it("up to the limit everything stays, then what came first goes", () => {
  const [content, residency] = [new Content(), new Residency(30)];
  for (const index of [0, 1, 2]) residency.add(content, index, 10);
  expect([residency.bytes, content.evicted]).toEqual([30, []]);
  residency.add(content, 3, 10);
  expect([residency.bytes, content.evicted]).toEqual([30, [0]]);
  residency.add(content, 4, 25);
  expect([residency.bytes, content.evicted]).toEqual([25, [0, 1, 2, 3]]);
});

it("what was touched has one more chance", () => {
  const [content, residency] = [new Content(), new Residency(30)];
  for (const index of [0, 1, 2]) residency.add(content, index, 10);
  content.touched.add(0);
  residency.add(content, 3, 10);
  expect(content.evicted).toEqual([1]);
  // Its chance is used up, and it stands behind the others now.
  residency.add(content, 4, 10);
  residency.add(content, 5, 10);
  residency.add(content, 6, 10);
  expect(content.evicted).toEqual([1, 2, 3, 0]);
});

it("goes on when everything is touched all the time, and with what is larger than the limit", () => {
  const residency = new Residency(20);
  const evicted: number[] = [];
  const busy: Evictable = { takeTouched: () => true, evict: (index) => evicted.push(index) > 0 };
  for (const index of [0, 1, 2]) residency.add(busy, index, 10);
  expect(evicted).toHaveLength(1);
  residency.add(busy, 9, 1000);
  expect([residency.bytes, new Set(evicted)]).toEqual([0, new Set([0, 1, 2, 9])]);
});

it("takes any number of chunks, one after the other", () => {
  const [content, residency] = [new Content(), new Residency(50)];
  for (let index = 0; index < 5000; index++) residency.add(content, index, 10);
  expect(residency.bytes).toBe(50);
  expect(content.evicted).toEqual(Array.from({ length: 4995 }, (_, index) => index));
});
