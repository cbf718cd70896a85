import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { sleep } from "./sleep.ts";
import { longestTimerMs } from "./timers.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it.each([
  ["a moment", 20],
  ["the longest a timer counts", longestTimerMs],
  ["longer than a timer counts", longestTimerMs + 5],
  ["several timers long", 3 * longestTimerMs],
])("waits %s, neither shorter nor longer", async (_, ms) => {
  let over = false;
  void sleep(ms).then(() => {
    over = true;
  });
  await vi.advanceTimersByTimeAsync(ms - 1);
  expect(over).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  expect(over).toBe(true);
});

it("ends with the reason of an abort, in every part of a long wait", async () => {
  const stop = new AbortController();
  const waiting = sleep(2 * longestTimerMs, stop.signal);
  const outcome = expect(waiting).rejects.toBe("enough");
  await vi.advanceTimersByTimeAsync(longestTimerMs + 1);
  stop.abort("enough");
  await outcome;
  expect(vi.getTimerCount()).toBe(0);
  await expect(sleep(5, stop.signal)).rejects.toBe("enough");
});
