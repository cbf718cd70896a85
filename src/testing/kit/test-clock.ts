/**
 * Time for tests: it moves when told to, or jumps to the next sleeper when nothing else is going on.
 * @module
 */
import type { Clock } from "../../lua/interface.ts";
import type { CommandGroup, CommandHandler } from "../../modules/dispatcher.ts";

interface Sleeper {
  readonly until: number;
  wake(): void;
}

const settle = () => new Promise<void>((resolve) => setTimeout(resolve, 0));

export class TestClock implements Clock {
  readonly #sleepers: Sleeper[] = [];
  #now: number;
  #watching = false;

  /** `start`: Unix milliseconds. `auto`: `time.*` completes without anybody moving the clock. */
  constructor(
    start = Date.UTC(2026, 0, 1),
    readonly auto = true,
  ) {
    this.#now = start;
  }

  now(): number {
    return this.#now;
  }

  /** How many wait. */
  get sleeping(): number {
    return this.#sleepers.length;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const end = () => {
        signal?.removeEventListener("abort", abort);
        const at = this.#sleepers.indexOf(sleeper);
        if (at >= 0) this.#sleepers.splice(at, 1);
      };
      const abort = () => {
        end();
        reject(signal?.reason);
      };
      const sleeper = {
        until: this.#now + ms,
        wake: () => {
          end();
          resolve();
        },
      };
      this.#sleepers.push(sleeper);
      if (signal?.aborted) abort();
      else signal?.addEventListener("abort", abort);
      if (this.auto) void this.#watch();
    });
  }

  /** Moves the clock by `ms`; whoever sleeps until then goes on, in order, each at its own time. */
  async advance(ms: number): Promise<void> {
    if (!Number.isFinite(ms) || ms < 0) throw new RangeError(`a clock only moves forward: advance(${ms})`);
    const end = this.#now + ms;
    for (let next = this.#next(); next && next.until <= end; next = this.#next()) {
      this.#now = Math.max(this.#now, next.until);
      next.wake();
      await settle();
    }
    this.#now = end;
  }

  /** Until nobody sleeps any more. */
  async runAll(): Promise<void> {
    await settle();
    for (let next = this.#next(); next; next = this.#next()) {
      this.#now = Math.max(this.#now, next.until);
      next.wake();
      await settle();
    }
  }

  /** The commands of the module `time`, on this clock. */
  get commands(): CommandGroup {
    const handler: CommandHandler = ({ ns }: { readonly ns: bigint | number }, { signal }) =>
      this.sleep(Number(ns) / 1e6, signal).then(() => null);
    return { name: "clock", handlers: new Map([["clock.sleep", handler]]) };
  }

  #next(): Sleeper | undefined {
    return this.#sleepers.reduce<Sleeper | undefined>(
      (a, b) => (a === undefined || b.until < a.until ? b : a),
      undefined,
    );
  }

  /** Jumps once everything that could run has run. */
  async #watch(): Promise<void> {
    if (this.#watching) return;
    this.#watching = true;
    try {
      while (this.#sleepers.length > 0) {
        await settle();
        await settle();
        const next = this.#next();
        if (!next) break;
        this.#now = Math.max(this.#now, next.until);
        next.wake();
      }
    } finally {
      this.#watching = false;
    }
  }
}

/** A clock that stands still until `advance` or `runAll` moves it. */
export function virtualClock(start?: number): TestClock {
  return new TestClock(start, false);
}
