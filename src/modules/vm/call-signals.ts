/**
 * What ends the calls of one VM: each has a signal of its own, and a run has one listener for all of them.
 * @module
 */
import { inParts } from "../../base/in-parts.ts";
import { forRequest } from "../../base/request-of.ts";

export class CallSignals {
  readonly #byRun = new WeakMap<AbortSignal, Set<AbortController>>();

  /** Aborts when `run` does, until {@link close}. */
  open(run: AbortSignal): AbortController {
    const controller = new AbortController();
    forRequest(controller.signal, run);
    if (run.aborted) controller.abort(run.reason);
    else this.#openOf(run).add(controller);
    return controller;
  }

  close(run: AbortSignal, controller: AbortController): void {
    this.#byRun.get(run)?.delete(controller);
  }

  #openOf(run: AbortSignal): Set<AbortController> {
    const known = this.#byRun.get(run);
    if (known) return known;
    const open = new Set<AbortController>();
    this.#byRun.set(run, open);
    // A run may have started thousands, and its end is to cost nobody else the time of telling them all.
    const endAll = () => void inParts(open, (controller) => controller.abort(run.reason));
    run.addEventListener("abort", endAll, { once: true });
    return open;
  }
}
