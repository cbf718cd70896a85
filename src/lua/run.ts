/**
 * One run of a function in a VM: its limits, what it has used, what it waits for and how it ended.
 * @module
 */
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
    this.instructions = instructions === undefined || instructions <= 0 ? Number.POSITIVE_INFINITY : instructions;
  }

  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.stopped && !this.#controller.signal.aborted) this.#controller.abort(this.stopText);
    return this.#controller.signal;
  }

  /** Limits that need no look at the clock between two jumps. */
  get limited(): boolean {
    return this.deadline !== Number.POSITIVE_INFINITY || this.instructions !== Number.POSITIVE_INFINITY;
  }

  /** The Lua error raised when the guard ends the run. */
  get stopText(): string {
    const reason = this.stopped ?? "deadline_exceeded";
    return reason === "deadline_exceeded" ? (this.options.timeoutMessage ?? stopTexts[reason]) : stopTexts[reason];
  }

  /** Which limit has been passed by now, if any. */
  overLimit(): StopReason | undefined {
    if (this.instructionsUsed >= this.instructions) return "budget_exceeded";
    if (this.deadline !== Number.POSITIVE_INFINITY && performance.now() >= this.deadline) return "deadline_exceeded";
    return this.options.signal?.aborted ? "aborted" : undefined;
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
