/**
 * Ends runs that are over their limits. The wasm counts a budget at jumps, calls and in C loops (architecture.md §3) and
 * asks here when a slice of it is used up; a stock wasm asks from a count hook instead (count-hook.ts).
 *
 * Once over, the error is raised again at every following step, so that no pcall, coroutine or `__close` of the program
 * keeps it alive. What resists that for two milliseconds (ten thousand nested pcalls to unwind, a collection of garbage) is
 * ended by a JavaScript exception through the wasm. Under JSPI the stack is suspended and left (waiting/scheduler-j.ts). The VM is lost in every
 * case: a stopped VM is discarded.
 * @module
 */

import type { ScanGuard } from "../border/scan.ts";
import { pushText } from "../border/text.ts";
import { readTraceback } from "../border/traceback.ts";
import type { Run } from "../run.ts";
import { HardStop, type LuaInstance } from "../wasm/instance.ts";
import { hookMask } from "../wasm/wasm-exports.ts";

/** Budget units between two looks at the clock: about 0.1 ms. */
const SLICE = 10_000;
/** For runs without limits: only to know what they used. */
const UNLIMITED_SLICE = 1_000_000_000;
/** Between two raises, once over the limit. */
const LAST_SLICE = 50;
/** Milliseconds over the limit before the JavaScript exception. */
const PATIENCE_MS = 2;
/** The same where the VM is to be kept, which the exception would cost; a busy machine may well pause for two. */
const KEEPING_PATIENCE_MS = 100;
/** Budget units of a millisecond, for hosts whose clock stands still while code runs. */
const UNITS_A_MS = 100_000;
/** Levels of Lua called by JavaScript that Lua has called. */
const JAVASCRIPT_NESTING = 100;
const EVERY_STEP = hookMask.call | hookMask.line | hookMask.count;

/** Answers: suspend instead of raising; for good, or for a moment. Under strategy Y a hook yields its coroutine instead. */
const PARK = 2;
const PAUSE = 3;
const YIELD = 4;

const where = { vm: 0, hook: 1, core: 5 } as const;

export class Guard implements ScanGuard {
  #current: Run | undefined;
  #slice = UNLIMITED_SLICE;
  #instance: LuaInstance | undefined;
  #canPark = false;
  #answering = false;

  /** The run whose Lua code is executing, or executed last. */
  get current(): Run | undefined {
    return this.#current;
  }

  /** `canPark`: waits suspend the whole stack (strategy J). */
  attach(instance: LuaInstance, canPark: boolean): void {
    this.#instance = instance;
    this.#canPark = canPark;
  }

  /** Makes `run` the one that pays; call it before every entry into wasm. */
  enter(run: Run | undefined): void {
    const slice = run ? sliceOf(run) : UNLIMITED_SLICE;
    this.#swap(slice);
    if (this.#current !== run && this.#current) this.#current.running = false;
    this.#current = run;
    if (run) run.running = true;
  }

  /** Books what `run` has used so far; it does not run any longer. */
  bank(run: Run): void {
    if (this.#current === run) this.#swap(0);
    run.running = false;
  }

  /** The run is over: what comes next must not be charged to it, nor stopped by its limits. */
  leave(run: Run): void {
    if (this.#current === run) this.enter(undefined);
  }

  #swap(slice: number): void {
    const instance = this.#instance;
    if (!instance?.x.meter_swap) return;
    const used = this.#slice - instance.x.meter_swap(slice);
    if (this.#current) this.#current.instructionsUsed += used;
    this.#slice = slice;
  }

  /** The budget is used up. Answers 1 to raise what it has pushed. */
  hit(L: number, place: number): number {
    const run = this.#current;
    // Reading a traceback calls C functions, which the hook sees: nothing can be suspended below this frame of JavaScript.
    if (this.#answering) return 0;
    this.#swap(UNLIMITED_SLICE);
    if (!run) return 0;
    this.#answering = true;
    try {
      return this.#answer(L, run, place);
    } finally {
      this.#answering = false;
      this.#swap(sliceOf(run));
    }
  }

  #answer(L: number, run: Run, place: number): number {
    const { x, slots } = this.#instance as LuaInstance;
    const over = this.over(run);
    // In the middle of the collector: nothing to raise, to set or to suspend.
    if (place === where.core) return 0;
    if (!over) {
      if (place === where.hook) x.lua_sethook(L, 0, 0, 0);
      return run.sliceOver ? this.#pause(L, run, place) : 0;
    }
    // Setting it walks all frames, so once per thread.
    if (x.lua_gethookmask(L) !== EVERY_STEP) x.lua_sethook(L, slots.guardHook, EVERY_STEP, 1);
    // Between two instructions the stack top is not set: the hook raises, not we.
    if (place === where.vm) return 0;
    return this.end(L, run, place === where.hook);
  }

  /** Gives way to others where that is possible. Between two instructions the hook has to do it. */
  #pause(L: number, run: Run, place: number): number {
    const { x, slots } = this.#instance as LuaInstance;
    // On its way out already (strategy Y): a coroutine in between that paused again would pass the first pause on later.
    if (run.paused || run.javascriptFrames > 0) return 0;
    if (!this.#canPark && (place > where.hook || x.lua_isyieldable(L) === 0)) return 0;
    if (place === where.vm) {
      x.lua_sethook(L, slots.guardHook, hookMask.count, 1);
      return 0;
    }
    run.paused = true;
    return this.#canPark ? PAUSE : YIELD;
  }

  /** Ends `run` where `L` may raise. Under J a hook parks it: the stack is suspended, and no Lua of it runs again. */
  end(L: number, run: Run, inHook: boolean): number {
    const instance = this.#instance as LuaInstance;
    run.traceback ??= readTraceback(instance, L, L, 0);
    const mayPark = this.#canPark && run.mayWait && !run.options.keepAfterDeadline;
    if (inHook && mayPark && run.javascriptFrames === 0) return PARK;
    pushText(instance, L, run.stopText);
    return 1;
  }

  /** Stops `run` where it is over a limit. @throws HardStop when it has resisted that for long */
  over(run: Run): boolean {
    if (!run.stopped) {
      const reason = run.overLimit();
      if (!reason) return false;
      run.stop(reason);
      return true;
    }
    const patience = run.options.keepAfterDeadline ? KEEPING_PATIENCE_MS : PATIENCE_MS;
    const resisted = run.instructionsUsed > run.usedWhenStopped + patience * UNITS_A_MS;
    if (resisted || performance.now() > run.stoppedAt + patience) throw new HardStop(run.stopText);
    return true;
  }

  /** For JavaScript that works on behalf of the current run. @throws Error with the stop text */
  check(): void {
    this.#current?.check();
  }

  withoutWaiting<T>(work: () => T): T {
    const run = this.#current;
    if (!run) return work();
    // Frames of JavaScript between those of wasm take more of the engine's stack than Lua knows.
    if (run.javascriptFrames >= JAVASCRIPT_NESTING) throw new Error("C stack overflow");
    run.javascriptFrames++;
    try {
      return work();
    } finally {
      run.javascriptFrames--;
    }
  }
}

/** How many budget units until the next look at the clock. */
function sliceOf(run: Run): number {
  if (run.stopped) return LAST_SLICE;
  if (!run.limited && !run.options.signal) return UNLIMITED_SLICE;
  return Math.max(1, Math.min(SLICE, run.instructions - run.instructionsUsed));
}
