/**
 * When what was written becomes durable: after each call, and every `commitIntervalMs` while calls run. A SQL transaction ends
 * with the call of `vulcan.sqlite` it was begun in, which nothing interrupts, so what is on disk is always a consistent database.
 *
 * Writes made before a stop (deadline, abort, error) stay and are committed with the call that made them: a skill that
 * wants all or nothing uses a SQL transaction or a rename.
 * @module
 */
import { messageOf } from "../base/message-of.ts";
import { unrefTimer } from "../base/timers.ts";
import type { LogEvent } from "../contract/contract.ts";
import type { VfsStore } from "../vfs/interface.ts";

export interface BarrierOptions {
  readonly durability: "strict" | "relaxed";
  /** Milliseconds. */
  readonly intervalMs: number;
  log(event: LogEvent): void;
}

export class CommitBarrier {
  #active = 0;
  #timer: ReturnType<typeof setInterval> | undefined;
  #background: Promise<void> | undefined;

  constructor(
    private readonly store: VfsStore,
    private readonly options: BarrierOptions,
  ) {}

  /** Runs `work`, then makes its writes durable. A failed commit fails the call, unless the call failed already. */
  async after<T>(work: () => Promise<T>): Promise<T> {
    this.#enter();
    let result: T;
    try {
      result = await work();
    } catch (error) {
      this.#leave();
      if (this.store.dirty) await this.#settle().catch((problem: unknown) => this.#report(problem));
      throw error;
    }
    this.#leave();
    if (this.store.dirty) await this.#settle();
    return result;
  }

  /** Everything written so far is durable when it resolves. @throws LuaSkillsError `storage_error` | `quota_exceeded` */
  flush(): Promise<void> {
    return this.store.commit({ strict: true });
  }

  close(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  async #settle(): Promise<void> {
    if (this.options.durability === "strict") await this.store.commit();
    else this.#commitLater();
  }

  #commitLater(): void {
    this.#background ??= this.store
      .commit()
      .catch((problem: unknown) => this.#report(problem))
      .finally(() => {
        this.#background = undefined;
      });
  }

  #enter(): void {
    this.#active += 1;
    this.#timer ??= unrefTimer(
      setInterval(() => {
        if (this.#active === 0) this.close();
        else if (this.store.dirty) this.#commitLater();
      }, this.options.intervalMs),
    );
  }

  /** The timer ends itself a tick after the last call, which is cheaper than one timer for each call. */
  #leave(): void {
    this.#active -= 1;
  }

  #report(problem: unknown): void {
    const text = messageOf(problem);
    this.options.log({ level: "error", message: `[LuaSkill:error] commit failed, trying again later: ${text}` });
  }
}
