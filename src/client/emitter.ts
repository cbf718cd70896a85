import type { RuntimeEvents } from "../contract/contract.ts";
import type { EngineEvent } from "../wire/transport.ts";

/** Every event of a runtime. */
export const eventNames = Object.keys({
  log: true,
  lifecycle: true,
  progress: true,
  registry: true,
  problem: true,
  config: true,
  decision: true,
  restart: true,
  audit: true,
} satisfies Record<keyof RuntimeEvents, true>) as ReadonlyArray<keyof RuntimeEvents>;

type Listener = (event: never) => void;

/** Listeners by event name. One that throws does not keep the others from hearing; its error is reported as uncaught. */
export class Emitter {
  readonly #listeners = new Map<keyof RuntimeEvents, Set<Listener>>();

  on<K extends keyof RuntimeEvents>(name: K, listener: (event: RuntimeEvents[K]) => void): () => void {
    const set = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, set);
    // A wrapper of its own, so that one function registered twice is heard twice and removed once.
    const own: Listener = (event) => listener(event);
    set.add(own);
    return () => void set.delete(own);
  }

  emit({ name, event }: EngineEvent): void {
    for (const listener of [...(this.#listeners.get(name) ?? [])]) {
      try {
        (listener as (event: unknown) => void)(event);
      } catch (thrown) {
        report(thrown);
      }
    }
  }
}

/** As an uncaught error of its own, where the platform shows those. Node has no reportError. */
export function report(thrown: unknown): void {
  if (typeof reportError === "function") reportError(thrown);
  else
    queueMicrotask(() => {
      throw thrown;
    });
}
