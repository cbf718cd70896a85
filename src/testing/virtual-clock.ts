import type { Clock } from "../lua/interface.ts";

/**
 * A clock for tests. With a start it stands still until {@link advance} moves it; without one it runs with real time
 * and `advance` adds to it.
 *
 * @example
 * const clock = new VirtualClock(1_700_000_000_000);
 * clock.advance(60_000);
 */
export class VirtualClock implements Clock {
  #ahead = 0;

  /** @param start Unix milliseconds; absent: the real time. */
  constructor(private readonly start?: number) {}

  now(): number {
    return (this.start ?? Date.now()) + this.#ahead;
  }

  /** Moves the clock forward by `ms` milliseconds. */
  advance(ms: number): void {
    if (!Number.isFinite(ms) || ms < 0) {
      throw new RangeError(`a clock only moves forward: advance(${ms}) needs a finite number of at least 0`);
    }
    this.#ahead += ms;
  }
}
