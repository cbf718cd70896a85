/**
 * Work that nobody waits for and that may be long: others have the thread between its parts.
 * @module
 */
import { nextTurn } from "./turn.ts";

/** Milliseconds at a time; and items, where the clock stands still while code runs. */
const partMs = 2;
const partItems = 256;

/** `work` for each item; what a millisecond or two is enough for is done when it returns. What `work` throws rejects. */
export async function inParts<T>(items: Iterable<T>, work: (item: T) => void): Promise<void> {
  let until = performance.now() + partMs;
  let left = partItems;
  for (const item of items) {
    if (--left < 0 || performance.now() > until) {
      await nextTurn();
      until = performance.now() + partMs;
      left = partItems;
    }
    work(item);
  }
}
