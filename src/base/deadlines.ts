import { timerMs, unrefTimer } from "./timers.ts";

interface Entry {
  /** On performance.now()'s scale. */
  readonly at: number;
  readonly due: () => void;
}

/**
 * Deadlines of calls that nearly always end in time. One timer stands for all of them and stays when they are met: a timer
 * of its own for each call would cost a tenth of a short one.
 */
export class Deadlines {
  readonly #entries = new Set<Entry>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #timerAt = Number.POSITIVE_INFINITY;

  /** Calls `due` once, in `ms` milliseconds, unless the returned function was called before. */
  add(ms: number, due: () => void): () => void {
    const entry: Entry = { at: performance.now() + ms, due };
    this.#entries.add(entry);
    if (entry.at < this.#timerAt) this.#arm(entry.at);
    return () => this.#entries.delete(entry);
  }

  #arm(at: number): void {
    clearTimeout(this.#timer);
    this.#timerAt = at;
    const ms = timerMs(Math.max(0, at - performance.now()));
    // What waits for a call keeps a Node process alive, or nothing does; its deadline need not.
    this.#timer = unrefTimer(setTimeout(() => this.#ring(), ms));
  }

  #ring(): void {
    this.#timerAt = Number.POSITIVE_INFINITY;
    const now = performance.now();
    let next = Number.POSITIVE_INFINITY;
    for (const entry of [...this.#entries]) {
      if (entry.at > now) next = Math.min(next, entry.at);
      else if (this.#entries.delete(entry)) entry.due();
    }
    if (next < this.#timerAt) this.#arm(next);
  }
}
