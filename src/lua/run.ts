/**
 * One run of a function in a VM: its limits, what it has used, what it waits for and how it ended.
 * @module
 */
import { forRequest } from "../base/request-of.ts";
import type { HostCallContext, LuaReader, LuaResults, LuaValue, LuaVm, RunOptions, StopReason } from "./interface.ts";

/** How an awaited host call ended. */
export type Outcome =
  | { readonly ok: true; readonly value: LuaValue | LuaResults }
  | { readonly ok: false; readonly thrown: unknown };

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
  /** Milliseconds of running allowed, and those up to the last suspension. */
  readonly runMs: number;
  ranMs = 0;
  /** When it last began or went on; undefined while it does not run. */
  #runningSince: number | undefined;
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
  ) {
    const { timeoutMs, instructions } = options;
    this.deadline = timeoutMs === undefined ? Number.POSITIVE_INFINITY : this.startMs + timeoutMs;
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
    const now = performance.now();
    if (this.#runningSince !== undefined) this.ranMs += now - this.#runningSince;
    this.#runningSince = running ? now : undefined;
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
    if (now >= this.deadline) return "deadline_exceeded";
    if (this.ranMs + this.sliceUsed(now) >= this.runMs) {
      this.#ranOut = true;
      return "deadline_exceeded";
    }
    return this.options.signal?.aborted || !this.vm.usable ? "aborted" : undefined;
  }

  /** It has run for a slice. */
  get sliceOver(): boolean {
    return this.sliceMs !== Number.POSITIVE_INFINITY && this.sliceUsed(performance.now()) >= this.sliceMs;
  }

  stop(reason: StopReason): void {
    if (this.stopped) return;
    this.stopped = reason;
    this.#controller?.abort(this.stopText);
    this.#onStop?.();
  }

  /** Ends a wait early: `onStop` is called when the deadline passes or the caller gives up before {@link settle}. */
  watch(onStop: () => void): void {
    this.#onStop = onStop;
    if (this.#watched) return;
    this.#watched = true;
    if (this.deadline !== Number.POSITIVE_INFINITY) {
      const left = Math.max(0, this.deadline - performance.now());
      // Timers count in 32 bits; a longer limit is looked at again by the guard.
      if (left < 2 ** 31) this.#timer = setTimeout(() => this.stop("deadline_exceeded"), left);
    }
    const { signal } = this.options;
    if (!signal) return;
    this.#onAbort = () => this.stop("aborted");
    signal.addEventListener("abort", this.#onAbort);
  }

  /** The wait is over. */
  settle(outcome: Outcome): void {
    this.#onStop = undefined;
    this.outcome = outcome;
  }

  end(): void {
    this.#onStop = undefined;
    if (!this.#watched) return;
    if (this.#timer !== undefined) clearTimeout(this.#timer);
    if (this.#onAbort) this.options.signal?.removeEventListener("abort", this.#onAbort);
  }
}
