/**
 * Strategy Y, for engines without JSPI: a host call that waits yields its Lua thread to the loop here, through all user
 * coroutines (lua: coroutine.lua passes the marker on). Lua cannot yield out of a C function's callback; sort, gsub,
 * require and tostring are therefore Lua functions under this strategy.
 * @module
 */
import { nextTurn } from "../../base/turn.ts";
import type { Run } from "../run.ts";
import { yieldAnswer } from "../wasm/host-imports.ts";
import { hookMask, luaStatus } from "../wasm/wasm-exports.ts";
import { Abandoned, type Ending, type Scheduler, type SchedulerParts } from "./scheduler.ts";

export class YieldScheduler implements Scheduler {
  readonly #parts: SchedulerParts;
  /** The address whose light userdata means "not the program yields, the host waits". */
  readonly #marker: number;
  readonly #idle: number[] = [];
  readonly #runs = new Map<number, Run>();
  readonly #markRoot: (L: number) => void;

  constructor(parts: SchedulerParts, marker: number, markRoot: (L: number) => void) {
    this.#parts = parts;
    this.#marker = marker;
    this.#markRoot = markRoot;
  }

  canWait(L: number): boolean {
    return this.#parts.instance.x.lua_isyieldable(L) !== 0;
  }

  suspend(L: number, run: Run): number {
    this.#parts.instance.x.lua_pushlightuserdata(L, this.#marker);
    return yieldAnswer(run.id);
  }

  resumed(ticket: number): Run | undefined {
    return this.#runs.get(ticket);
  }

  async execute(run: Run): Promise<Ending> {
    const { instance, guard } = this.#parts;
    const { x } = instance;
    const L = this.#thread();
    this.#runs.set(run.id, run);
    const outer = guard.current;
    try {
      guard.enter(run);
      x.lua_pushcclosure(L, instance.slots.runEntry, 0);
      let status = x.lua_resume(L, 0, 0, instance.cell);
      if (outer) guard.enter(outer);
      while (status === luaStatus.yield) {
        x.lua_settop(L, -(instance.u32[instance.cell >> 2] as number) - 1);
        guard.bank(run);
        if (run.paused) {
          run.paused = false;
          await nextTurn();
        } else {
          await this.#wait(run);
        }
        const interrupted = guard.current;
        guard.enter(run);
        status = x.lua_resume(L, 0, 0, instance.cell);
        if (interrupted) guard.enter(interrupted);
      }
      return { status, L, stackIntact: status !== luaStatus.ok, release: () => this.#release(L, status) };
    } finally {
      this.#runs.delete(run.id);
    }
  }

  #wait(run: Run): Promise<void> {
    const waitingFor = run.waitingFor;
    run.waitingFor = undefined;
    return new Promise((resolve, reject) => {
      if (!waitingFor) return reject(new Error("Lua yielded without waiting for anything"));
      run.watch(() => reject(new Abandoned()));
      waitingFor.then((outcome) => {
        // Given up meanwhile: this stack is never entered again.
        if (run.stopped) return;
        run.settle(outcome);
        resolve();
      });
    });
  }

  #thread(): number {
    const idle = this.#idle.pop();
    if (idle !== undefined) return idle;
    const L = this.#parts.instance.newThread();
    this.#markRoot(L);
    return L;
  }

  #release(L: number, status: number): void {
    const { x } = this.#parts.instance;
    if (status === luaStatus.ok) x.lua_settop(L, 0);
    else x.lua_resetthread(L);
    // An error out of the guard's hook leaves hooks off in this thread for good: the next run in it could not be stopped.
    if ((x.lua_gethookmask(L) & hookMask.line) === 0) this.#idle.push(L);
  }
}
