import type { EnginePort } from "./protocol.ts";

type Listener = (event: { readonly data: unknown }) => void;

/**
 * Two connected ports within one thread. A platform's MessageChannel would keep a Node process alive and let replies
 * overtake events; here a message is delivered in the next microtask, in order with promise reactions.
 */
export function localPortPair(): readonly [EnginePort, EnginePort] {
  const a = new LocalPort();
  const b = new LocalPort();
  a.peer = b;
  b.peer = a;
  return [a, b];
}

class LocalPort implements EnginePort {
  readonly #listeners = new Set<Listener>();
  peer: LocalPort | undefined;

  postMessage(message: unknown): void {
    const { peer } = this;
    if (peer) queueMicrotask(() => peer.#deliver(message));
  }

  addEventListener(_type: "message", listener: Listener): void {
    this.#listeners.add(listener);
  }

  removeEventListener(_type: "message", listener: Listener): void {
    this.#listeners.delete(listener);
  }

  close(): void {
    if (this.peer) this.peer.peer = undefined;
    this.peer = undefined;
    this.#listeners.clear();
  }

  #deliver(data: unknown): void {
    for (const listener of [...this.#listeners]) listener({ data });
  }
}
