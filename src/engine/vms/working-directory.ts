/**
 * The one current directory of an engine (vulcan-api.md §1.5, §8.6). Who changes it holds a lock until it is restored;
 * runs started below a holder go ahead, or they would wait for their own parent.
 * @module
 */
import type { RunState } from "./run-state.ts";

export class WorkingDirectory {
  current: string;
  #tail: Promise<void> = Promise.resolve();

  constructor(initial: string) {
    this.current = initial;
  }

  async within<T>(dir: string, outer: RunState, work: () => Promise<T>): Promise<T> {
    if (outer.holdsDirectory) return this.#switched(dir, work);
    const before = this.#tail;
    let unlock = () => {};
    this.#tail = new Promise((resolve) => {
      unlock = resolve;
    });
    await before;
    try {
      return await this.#switched(dir, work);
    } finally {
      unlock();
    }
  }

  async #switched<T>(dir: string, work: () => Promise<T>): Promise<T> {
    const previous = this.current;
    this.current = dir;
    try {
      return await work();
    } finally {
      this.current = previous;
    }
  }
}
