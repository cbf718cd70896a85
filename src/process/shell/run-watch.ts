/**
 * When a run of the shell must end, and why: its time is up, the caller aborts, it writes too much, it kills itself.
 * @module
 */
import { forRequest } from "../../base/request-of.ts";
import { timerMs } from "../../base/timers.ts";

export type RunEnd = "time" | "abort" | "output" | "killed";

export class RunWatch {
  /** Asked by the shell at every statement. The clock is looked at there: a loop of builtins lets no timer fire. */
  readonly signal: AbortSignal;
  readonly #abort = new AbortController();
  readonly #stop: () => void;
  readonly #timer: ReturnType<typeof setTimeout> | undefined;
  #why: RunEnd | undefined;
  #firing = false;

  constructor(timeoutMs: number | undefined, outer: AbortSignal) {
    const { signal } = this.#abort;
    this.signal = signal;
    forRequest(signal, outer);
    const fired = Object.getOwnPropertyDescriptor(AbortSignal.prototype, "aborted")?.get ?? (() => false);
    const end = timeoutMs === undefined ? Number.POSITIVE_INFINITY : performance.now() + timeoutMs;
    Object.defineProperty(signal, "aborted", {
      get: () => {
        if (this.#why === undefined && performance.now() >= end) this.end("time");
        // Deno asks this itself before it fires, and does not fire when the answer is yes.
        return (this.#why !== undefined && !this.#firing) || fired.call(signal) === true;
      },
    });
    this.#timer = timeoutMs === undefined ? undefined : setTimeout(() => this.end("time"), timerMs(timeoutMs));
    const onAbort = () => this.end("abort");
    this.#stop = () => outer.removeEventListener("abort", onAbort);
    outer.addEventListener("abort", onAbort);
    if (outer.aborted) onAbort();
  }

  /** Why it ended before its own end. */
  get why(): RunEnd | undefined {
    return this.#why;
  }

  end(why: RunEnd): void {
    if (this.#why !== undefined) return;
    this.#why = why;
    this.#firing = true;
    this.#abort.abort(new DOMException(`the run ends: ${why}`, "AbortError"));
    this.#firing = false;
  }

  /** Waits, at most until the run must end. */
  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      if (this.#why !== undefined) return resolve();
      const done = () => {
        clearTimeout(timer);
        this.signal.removeEventListener("abort", done);
        resolve();
      };
      const timer = setTimeout(done, timerMs(ms));
      this.signal.addEventListener("abort", done);
    });
  }

  /** Lets go of timer and listener. */
  close(): void {
    clearTimeout(this.#timer);
    this.#stop();
  }
}
