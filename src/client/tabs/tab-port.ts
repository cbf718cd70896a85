import type { PagePort } from "../../wire/port.ts";
import type { CallbackAbort, CallbackMessage, CallbackResult, FromEngine, ToEngine } from "../../wire/protocol.ts";

/**
 * The port of a tab whose leader changes. Host callbacks are counted anew by each leader, so they have ids of this port's own
 * on this side, and an answer for a leader that is gone goes nowhere.
 */
export class TabPort implements PagePort {
  readonly #listeners = new Set<(message: FromEngine) => void>();
  /** Ours → the leader's. */
  readonly #callbacks = new Map<number, number>();
  #lastCallback = 0;

  constructor(private readonly send: (message: ToEngine) => void) {}

  post(message: ToEngine): void {
    const own = "type" in message && message.type === "callback-result" ? this.#answered(message) : message;
    if (own) this.send(own);
  }

  deliver(message: FromEngine): void {
    const own = "type" in message ? this.#own(message) : message;
    if (own) for (const hear of [...this.#listeners]) hear(own);
  }

  /** The leader is gone: nobody waits for what its callbacks come to. */
  forgetCallbacks(): void {
    for (const id of this.#callbacks.keys()) {
      for (const hear of [...this.#listeners]) hear({ type: "callback-abort", id });
    }
    this.#callbacks.clear();
  }

  listen(hear: (message: FromEngine) => void): () => void {
    this.#listeners.add(hear);
    return () => this.#listeners.delete(hear);
  }

  close(): void {
    this.#listeners.clear();
  }

  #own<M extends Exclude<FromEngine, readonly unknown[]>>(message: M): M | CallbackMessage | CallbackAbort | undefined {
    if (message.type === "callback") {
      this.#lastCallback += 1;
      this.#callbacks.set(this.#lastCallback, message.id);
      return { ...message, id: this.#lastCallback };
    }
    if (message.type !== "callback-abort") return message;
    for (const [id, theirs] of this.#callbacks) if (theirs === message.id) return { ...message, id };
    return undefined;
  }

  #answered(result: CallbackResult): CallbackResult | undefined {
    const id = this.#callbacks.get(result.id);
    this.#callbacks.delete(result.id);
    return id === undefined ? undefined : { ...result, id };
  }
}
