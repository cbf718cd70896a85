import type { EnginePort, PagePort, WirePort } from "./port.ts";

/**
 * A wire within one thread. A platform's MessageChannel would keep a Node process alive and let replies overtake events.
 * What the engine posts is delivered in the next microtask: a listener must not run in the middle of Lua.
 */
export function localWire(): readonly [page: PagePort, engine: EnginePort] {
  const page = new LocalPort((deliver) => deliver());
  // Called as it stands: workerd refuses its own functions as methods of other objects.
  const engine = new LocalPort((deliver) => queueMicrotask(deliver));
  page.peer = engine;
  engine.peer = page;
  return [page as PagePort, engine as EnginePort];
}

class LocalPort implements WirePort<unknown, never> {
  readonly #listeners = new Set<(message: never) => void>();
  peer: LocalPort | undefined;

  constructor(private readonly schedule: (deliver: () => void) => void) {}

  post(message: unknown): void {
    const { peer } = this;
    if (peer) this.schedule(() => peer.deliver(message));
  }

  deliver(message: unknown): void {
    for (const hear of this.#listeners) hear(message as never);
  }

  listen(hear: (message: never) => void): () => void {
    this.#listeners.add(hear);
    return () => this.#listeners.delete(hear);
  }

  close(): void {
    if (this.peer) this.peer.peer = undefined;
    this.peer = undefined;
    this.#listeners.clear();
  }
}
