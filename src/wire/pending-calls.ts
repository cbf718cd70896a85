import { LuaSkillsError } from "../errors.ts";
import type { Outcome } from "./protocol.ts";

export interface PendingCall {
  readonly id: number;
  /** Rejects with LuaSkillsError. */
  readonly reply: Promise<unknown>;
}

interface Settlers {
  resolve(value: unknown): void;
  reject(error: LuaSkillsError): void;
}

/**
 * The calls that wait for a reply. What a link promises hangs when its engine is terminated. Every reply goes through this
 * table, so whoever ends an engine can end its calls.
 */
export class PendingCalls {
  readonly #waiting = new Map<number, Settlers>();
  #lastId = 0;

  open(): PendingCall {
    this.#lastId += 1;
    const id = this.#lastId;
    const reply = new Promise<unknown>((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
    });
    return { id, reply };
  }

  /** A reply for a call that was already given up is dropped. */
  settle(id: number, outcome: Outcome): void {
    const call = this.#take(id);
    if (!call) return;
    if (outcome.ok) call.resolve(outcome.value);
    else call.reject(LuaSkillsError.fromData(outcome.error));
  }

  fail(id: number, error: LuaSkillsError): void {
    this.#take(id)?.reject(error);
  }

  /** Each call gets an error of its own: a shared one would carry the stack of whoever came first. */
  failAll(error: () => LuaSkillsError): void {
    for (const id of [...this.#waiting.keys()]) this.fail(id, error());
  }

  #take(id: number): Settlers | undefined {
    const call = this.#waiting.get(id);
    this.#waiting.delete(id);
    return call;
  }
}
