/**
 * Timers as platforms have them: numbers in a browser, objects in Node.
 * @module
 */

/** Lets a Node process end although the timer has not fired; elsewhere it does nothing. Answers the timer. */
export function unrefTimer<T>(timer: T): T {
  const handle: unknown = timer;
  if (typeof handle === "object" && handle !== null && "unref" in handle && typeof handle.unref === "function") {
    handle.unref();
  }
  return timer;
}
