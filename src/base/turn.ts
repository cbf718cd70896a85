/**
 * One turn of the event loop, as soon as the platform gives it.
 * @module
 */
// allowed: a choice that is the same for the whole thread
let turns: (() => Promise<void>) | undefined;

/** Messages, timers and other tasks that are due run before it resolves. */
export function nextTurn(): Promise<void> {
  turns ??= chooseTurns();
  return turns();
}

function chooseTurns(): () => Promise<void> {
  // Node, Deno, Bun. A channel would keep their processes alive.
  if (typeof setImmediate === "function") return () => new Promise((resolve) => setImmediate(() => resolve()));
  // In pages and their workers, where a chain of timers waits for four milliseconds each.
  if (typeof MessageChannel === "function" && ("document" in globalThis || "importScripts" in globalThis)) {
    const { port1, port2 } = new MessageChannel();
    const waiting: (() => void)[] = [];
    port1.onmessage = () => waiting.shift()?.();
    return () =>
      new Promise((resolve) => {
        waiting.push(resolve);
        port2.postMessage(0);
      });
  }
  return () => new Promise((resolve) => setTimeout(resolve, 0));
}
