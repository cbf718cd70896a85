import { outcomeOf, type ReplyFrame, requestFrame } from "./frames.ts";
import type { EngineRequest, Outcome } from "./protocol.ts";
import { type PlatformPort, SharedPort } from "./shared-port.ts";

/**
 * The page's end of the port to a worker. Requests and replies are messages of their own: comlink's proxy costs as much as
 * the rest of a short call.
 */
export class RequestPort {
  /** For comlink, events and callbacks. */
  readonly shared: SharedPort;
  readonly #waiting = new Map<number, (outcome: Outcome) => void>();

  constructor(port: PlatformPort) {
    this.shared = new SharedPort(port, (data) => {
      if (!Array.isArray(data)) return false;
      const frame = data as unknown as ReplyFrame;
      this.#waiting.get(frame[0])?.(outcomeOf(frame));
      this.#waiting.delete(frame[0]);
      return true;
    });
  }

  /** Hangs when the other side dies: whoever ends it ends its calls. Rejects for what cannot be cloned. */
  request(id: number, request: EngineRequest): Promise<Outcome> {
    return new Promise((resolve) => {
      this.shared.postMessage(requestFrame(id, request));
      this.#waiting.set(id, resolve);
    });
  }
}
