import { forRequest } from "../base/request-of.ts";
import type { AbortWatch } from "../lua/interface.ts";

/**
 * The controller of one request. A platform's AbortController costs as much as the rest of a short call, so there is one
 * only when somebody asks for the signal.
 */
export class RequestAbort implements AbortWatch {
  aborted = false;
  #reason: unknown;
  #controller: AbortController | undefined;

  constructor(requestId?: number) {
    forRequest(this, requestId);
  }

  get signal(): AbortSignal {
    if (!this.#controller) {
      this.#controller = new AbortController();
      forRequest(this.#controller.signal, this);
      if (this.aborted) this.#controller.abort(this.#reason);
    }
    return this.#controller.signal;
  }

  abort(reason: unknown): void {
    if (this.aborted) return;
    this.aborted = true;
    this.#reason = reason;
    this.#controller?.abort(reason);
  }

  addEventListener(type: "abort", listener: () => void): void {
    this.signal.addEventListener(type, listener);
  }

  removeEventListener(type: "abort", listener: () => void): void {
    this.#controller?.signal.removeEventListener(type, listener);
  }
}
