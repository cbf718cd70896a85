/**
 * Keeps a busy shell from holding its thread: now and then it lets timers and messages have their turn.
 * @module
 */
import { nextTurn } from "../../base/turn.ts";

/** Milliseconds of work in one piece: a page's frame has room for it beside others. */
const sliceMs = 8;
/** Where the clock stands still during work (workerd), steps stand in for time. */
const sliceSteps = 512;
export class Pace {
  #since = performance.now();
  #steps = 0;

  /** Awaited at every step of the work. */
  step(): Promise<void> | undefined {
    this.#steps += 1;
    if (this.#steps < sliceSteps && performance.now() - this.#since < sliceMs) return undefined;
    return nextTurn().then(() => {
      this.#since = performance.now();
      this.#steps = 0;
    });
  }
}
