/**
 * Lets requests pass, unless somebody has the engine to himself.
 * @module
 */
import { LuaSkillsError } from "../errors.ts";

/** A host that calls back into the runtime from within a call would wait for itself: nobody waits for ever. */
const patienceMs = 30_000;

export class Gate {
  #running = 0;
  #held: Promise<void> | undefined;
  #idle: Array<() => void> = [];

  async pass<T>(work: () => Promise<T>): Promise<T> {
    while (this.#held) await this.#held;
    this.#running++;
    try {
      return await work();
    } finally {
      if (--this.#running === 0) for (const wake of this.#idle.splice(0)) wake();
    }
  }

  /** Resolves when nothing runs, and keeps it so until the answer is called. @throws LuaSkillsError `conflict` */
  async hold(what: string): Promise<() => void> {
    const end = Date.now() + patienceMs;
    while (this.#held || this.#running > 0) {
      const left = end - Date.now();
      if (left <= 0) {
        throw new LuaSkillsError(
          "conflict",
          `the ${what} needs a moment without calls, and there was none for ${patienceMs / 1000} s; try again when the calls have ended`,
        );
      }
      let timer: ReturnType<typeof setTimeout> | undefined;
      const late = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, left);
      });
      const idle = this.#held ?? new Promise<void>((resolve) => this.#idle.push(resolve));
      await Promise.race([idle, late]);
      clearTimeout(timer);
    }
    let letGo = (): void => {};
    this.#held = new Promise((resolve) => {
      letGo = () => {
        this.#held = undefined;
        resolve();
      };
    });
    return letGo;
  }
}
