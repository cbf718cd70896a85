/**
 * Waiting: a host call that takes time looks synchronous to Lua. Two ways of doing it behind one interface.
 * @module
 */
import type { Guard } from "../guard/guard.ts";
import type { Run } from "../run.ts";
import type { LuaInstance } from "../wasm/instance.ts";

export interface Scheduler {
  /** False where this host call cannot wait. */
  canWait(L: number, run: Run): boolean;
  /** Prepares the suspension of a run whose `waitingFor` is set; the answer of the import host_begin. */
  suspend(L: number, run: Run): number;
  /** The wait under `ticket` is over and wasm executes again. */
  resumed(ticket: number): Run | undefined;
  /** Runs Lua until it has ended or is stopped while waiting. */
  execute(run: Run): Promise<Ending>;
}

/** How Lua ended: a status of lua_pcallk; the error value, if any, is on top of `L` until `release` is called. */
export interface Ending {
  readonly status: number;
  readonly L: number;
  /** A traceback can still be read from `L`. */
  readonly stackIntact: boolean;
  release(): void;
}

/** Answered for a run that was stopped while it waited; its Lua stack is abandoned with the VM. */
export class Abandoned extends Error {
  override readonly name = "Abandoned";
}

export interface SchedulerParts {
  readonly instance: LuaInstance;
  readonly guard: Guard;
}
