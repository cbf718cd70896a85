/**
 * Timers as platforms have them: numbers in a browser, objects in Node.
 * @module
 */

/** What a timer can wait for, in milliseconds: it counts in 32 bits, and what is longer fires at once. */
export const longestTimerMs = 2 ** 31 - 1;

/** `ms` as far as a timer counts. */
export const timerMs = (ms: number): number => Math.min(ms, longestTimerMs);

/** Lets a Node process end although the timer has not fired; elsewhere it does nothing. Answers the timer. */
export function unrefTimer<T>(timer: T): T {
  const handle: unknown = timer;
  if (typeof handle === "object" && handle !== null && "unref" in handle && typeof handle.unref === "function") {
    handle.unref();
  }
  return timer;
}
