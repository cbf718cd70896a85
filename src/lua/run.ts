/**
 * One run of a function in a VM: its limits, what it has used, what it waits for and how it ended.
 * @module
 */
import { forRequest } from "../base/request-of.ts";
import { longestTimerMs } from "../base/timers.ts";
import { setPayer } from "../base/work.ts";
import type { HostCallContext, LuaReader, LuaResults, LuaValue, LuaVm, RunOptions, StopReason } from "./interface.ts";
import { isLuaUnwinding } from "./wasm/instance.ts";

/** How an awaited host call ended. */
export type Outcome =
  | { readonly ok: true; readonly value: LuaValue | LuaResults }
  | { readonly ok: false; readonly thrown: unknown };

/** Budget units after which a slice is over by whatever clock: in some hosts it stands still while code runs. About 50 ms. */
const SLICE_UNITS = 5_000_000;
/** Budget units of host work between two looks at the clock: about 0.2 ms. */
const CHARGES_UNSEEN = 20_000;
/** Host calls between two looks at the clock, as long as a look finds them quick: the clock costs as much as a short one. */
const CALLS_UNSEEN = 8;
/** Milliseconds between two looks after which they are not: the next call looks again. */
const QUICK_MS = 0.5;

const stopTexts: Readonly<Record<StopReason, string>> = {
  deadline_exceeded: "execution time limit exceeded",
  budget_exceeded: "instruction budget exceeded",
  memory_exceeded: "not enough memory",
  aborted: "execution aborted",
};

export class Run implements HostCallContext {
  readonly startMs = performance.now();
  /** On performance.now()'s scale; Infinity without a limit. */
  readonly deadline: number;
  /** Budget units allowed; Infinity without a limit. */
  readonly instructions: number;
  instructionsUsed = 0;
  /** When it was stopped, and the budget units it had used by then. */
  stoppedAt = 0;
  usedWhenStopped = 0;
  /** Units that are booked and not looked at yet. */
  #charged = 0;
  #callsUnseen = 0;
  #lookedAt = 0;
  /** Bytes the host call that works now has built for it, and how many it may. */
  held = 0;
  readonly tally = { bytesWritten: 0, sqlRows: 0 };
  /** Milliseconds of running allowed, and those up to the last suspension. */
  runMs: number;
  ranMs = 0;
  /** When it last began or went on; undefined while it does not run. What it had used by then. */
  #runningSince: number | undefined;
  #usedBefore = 0;
  /** Milliseconds at a time; Infinity: it keeps the thread. */
  readonly sliceMs: number;
  /** It gives way for a moment. */
  paused = false;
  mayWaitHere = false;
  /** Why the guard ended it. */
  stopped: StopReason | undefined;
  /** Frames of JavaScript between here and the last point a wait could suspend (strategy J). */
  javascriptFrames = 0;
  /** C stack pointer at the last suspension (strategy J). */
  stackPointer = 0;
  /** Where that stack ends. */
  stackEnd = 0;
  /** The host call it waits for. */
  waitingFor: PromiseLike<Outcome> | undefined;
  outcome: Outcome | undefined;
  traceback: string | undefined;
  /** Its arguments could not be passed: it did not begin. */
  refused = false;
  /** Something happened that may have left the VM half done: do not use it again. */
  suspect = false;
  /** What `read` answered or threw. */
  read: { readonly value: unknown } | { readonly thrown: unknown } | undefined;
  /** `runMs` are over. */
  #ranOut = false;
  #controller: AbortController | undefined;
  /** Gives up a run that waits (strategy J). */
  abandon: (() => void) | undefined;
  #onStop: (() => void) | undefined;
  #watched = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #onAbort: (() => void) | undefined;

  constructor(
    readonly vm: LuaVm,
    readonly id: number,
    /** Registry reference of the function. */
    readonly fn: number,
    readonly args: readonly LuaValue[],
    readonly reading: (results: LuaReader) => unknown,
    readonly options: RunOptions,
    /** False for runSync. */
    readonly mayWait: boolean,
    /** Bytes one host call may build: what the VM has no room for is of no use to it. */
    readonly holdLimit = Number.POSITIVE_INFINITY,
  ) {
    const { instructions } = options;
    this.deadline = options.deadline ?? Number.POSITIVE_INFINITY;
    this.runMs = options.runMs ?? Number.POSITIVE_INFINITY;
    this.sliceMs = options.sliceMs && mayWait ? options.sliceMs : Number.POSITIVE_INFINITY;
    this.instructions = instructions === undefined || instructions <= 0 ? Number.POSITIVE_INFINITY : instructions;
  }

  get signal(): AbortSignal {
    if (!this.#controller) {
      this.#controller = new AbortController();
      forRequest(this.#controller.signal, this.options.signal);
    }
    if (this.stopped && !this.#controller.signal.aborted) this.#controller.abort(this.stopText);
    return this.#controller.signal;
  }

  /** Limits that need no look at the clock between two jumps. */
  get limited(): boolean {
    const none = Number.POSITIVE_INFINITY;
    return this.deadline !== none || this.instructions !== none || this.runMs !== none || this.sliceMs !== none;
  }

  /** It runs from now on, or does not any longer. */
  set running(running: boolean) {
    if (!running && this.#runningSince === undefined) return;
    const now = performance.now();
    if (this.#runningSince !== undefined) this.ranMs += now - this.#runningSince;
    this.#runningSince = running ? now : undefined;
    this.#usedBefore = this.instructionsUsed;
    // It may have been given up while others ran.
    this.#callsUnseen = 0;
  }

  /** Milliseconds since it last began or went on. */
  sliceUsed(now: number): number {
    return this.#runningSince === undefined ? 0 : now - this.#runningSince;
  }

  /** The Lua error raised when the guard ends the run. */
  get stopText(): string {
    const reason = this.stopped ?? "deadline_exceeded";
    if (reason === "deadline_exceeded" && this.#ranOut) return this.options.runMessage ?? stopTexts[reason];
    return reason === "deadline_exceeded" ? (this.options.timeoutMessage ?? stopTexts[reason]) : stopTexts[reason];
  }

  /** Which limit has been passed by now, if any. */
  overLimit(): StopReason | undefined {
    if (this.instructionsUsed >= this.instructions) return "budget_exceeded";
    const now = performance.now();
    this.#callsUnseen = now - this.#lookedAt < QUICK_MS ? CALLS_UNSEEN : 0;
    this.#lookedAt = now;
    if (now >= this.deadline) return "deadline_exceeded";
    if (this.ranMs + this.sliceUsed(now) >= this.runMs) {
      this.#ranOut = true;
      return "deadline_exceeded";
    }
    return this.options.signal?.aborted || !this.vm.usable ? "aborted" : undefined;
  }

  /** What is made of the results is work for the run, too. */
  readResults(results: LuaReader): void {
    const payer = setPayer(this);
    this.held = 0;
    try {
      this.read = { value: this.reading(results) };
    } catch (thrown) {
      if (isLuaUnwinding(thrown)) throw thrown;
      this.read = { thrown };
    } finally {
      setPayer(payer);
    }
  }

  /** It has run for a slice. */
  get sliceOver(): boolean {
    if (this.sliceMs === Number.POSITIVE_INFINITY) return false;
    return this.instructionsUsed - this.#usedBefore >= SLICE_UNITS || this.sliceUsed(performance.now()) >= this.sliceMs;
  }

  get over(): boolean {
    return this.stopped !== undefined || this.overLimit() !== undefined;
  }

  charge(units: number, bytes = 0): void {
    this.held += bytes;
    if (this.held > this.holdLimit) throw new Error(tooLarge(this.holdLimit));
    this.#charged += units;
    if (this.#charged < CHARGES_UNSEEN) return;
    this.instructionsUsed += this.#charged;
    this.#charged = 0;
    this.check();
  }

  /**
   * As {@link check}, before a host call. What a call costs is charged, and charges look at the clock themselves: this is
   * for the rest.
   * @throws Error with the stop text
   */
  checkCall(): void {
    if (this.#callsUnseen > 0 && !this.stopped && this.instructionsUsed < this.instructions) this.#callsUnseen--;
    else this.check();
  }

  /** @throws Error with the stop text */
  check(): void {
    this.look();
    if (this.stopped) throw new Error(this.stopText);
  }

  /** Stops when a limit has passed. */
  look(): void {
    const reason = this.stopped ?? this.overLimit();
    if (reason) this.stop(reason);
  }

  stop(reason: StopReason): void {
    if (this.stopped) return;
    this.stopped = reason;
    this.stoppedAt = performance.now();
    this.usedWhenStopped = this.instructionsUsed;
    this.#controller?.abort(this.stopText);
    this.#onStop?.();
  }

  /** Ends a wait early: `onStop` is called when the deadline passes or the caller gives up before {@link settle}, or has already. */
  watch(onStop: () => void): void {
    // It was stopped while the wait was prepared.
    if (this.stopped) {
      onStop();
      return;
    }
    this.#onStop = onStop;
    if (this.#watched) return;
    this.#watched = true;
    if (this.deadline !== Number.POSITIVE_INFINITY) {
      const left = Math.max(0, this.deadline - performance.now());
      // A longer limit is looked at again by the guard.
      if (left <= longestTimerMs) this.#timer = setTimeout(() => this.stop("deadline_exceeded"), left);
    }
    const { signal } = this.options;
    if (!signal) return;
    this.#onAbort = () => this.stop("aborted");
    signal.addEventListener("abort", this.#onAbort);
  }

  /** The wait is over, and a limit may have passed in it: code that ends soon would not meet the guard any more. */
  settle(outcome: Outcome): void {
    this.#onStop = undefined;
    this.outcome = outcome;
    this.look();
  }

  end(): void {
    this.#onStop = undefined;
    if (!this.#watched) return;
    if (this.#timer !== undefined) clearTimeout(this.#timer);
    if (this.#onAbort) this.options.signal?.removeEventListener("abort", this.#onAbort);
  }
}

const tooLarge = (limit: number) =>
  `the result needs more than ${limit} bytes, which the Lua state may not have (limits.vmMemoryBytes): ask for less at a time`;
