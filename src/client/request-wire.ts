import type { EngineMessage, EngineRequest, Outcome, RequestMessage } from "../protocol.ts";

/** The part of a platform's MessagePort used here. */
type Port = Pick<MessagePort, "postMessage" | "addEventListener">;

/**
 * Requests and their replies as plain messages, on the port that comlink and the events use too. comlink's proxy costs as
 * much as the whole way of a short call, and {@link PendingCalls} keeps the table anyway.
 */
export class RequestWire {
  readonly #waiting = new Map<number, (outcome: Outcome) => void>();

  constructor(private readonly port: Port) {
    port.addEventListener("message", ({ data }: { readonly data: Partial<EngineMessage> }) => {
      if (data.type !== "reply" || data.id === undefined || data.outcome === undefined) return;
      const settle = this.#waiting.get(data.id);
      this.#waiting.delete(data.id);
      settle?.(data.outcome);
    });
  }

  /** Hangs when the other side dies: whoever ends it ends its calls. Rejects for what cannot be cloned. */
  request(id: number, request: EngineRequest): Promise<Outcome> {
    return new Promise((resolve) => {
      this.port.postMessage({ type: "request", id, request } satisfies RequestMessage);
      this.#waiting.set(id, resolve);
    });
  }
}
