import type { ChildProcess } from "node:child_process";
import { onAbort } from "../../base/on-abort.ts";
import type { LuaSkillsError } from "../../errors.ts";

interface Waiting<T> {
  resolve(value: T): void;
  reject(error: LuaSkillsError): void;
  /** Nobody waits any more: the abort is not listened to. */
  done(): void;
}

/** What was asked of child processes and has no answer yet, by number. */
export class AskedOfChild<T> {
  readonly #waiting = new Map<number, Waiting<T>>();
  #last = 0;

  /** An abort ends the child: nothing else stops native code. `post`: sends the request with its number. */
  ask(child: ChildProcess, signal: AbortSignal | undefined, post: (id: number) => void): Promise<T> {
    const id = ++this.#last;
    return new Promise((resolve, reject) => {
      const done = onAbort(signal, () => child.kill("SIGKILL"));
      this.#waiting.set(id, { resolve, reject, done });
      post(id);
    });
  }

  answer(id: number, value: T): void {
    this.#take(id)?.resolve(value);
  }

  refuse(id: number, error: LuaSkillsError): void {
    this.#take(id)?.reject(error);
  }

  /** The child is gone. */
  refuseAll(error: LuaSkillsError): void {
    for (const id of [...this.#waiting.keys()]) this.refuse(id, error);
  }

  #take(id: number): Waiting<T> | undefined {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    waiting?.done();
    return waiting;
  }
}
