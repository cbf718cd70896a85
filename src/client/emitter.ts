import type { RuntimeEvents } from "../contract/contract.ts";
import { LuaSkillsError } from "../errors.ts";
import type { EngineEvent } from "../wire/transport.ts";

/** Every event of a runtime. */
export const eventNames = Object.keys({
  log: true,
  lifecycle: true,
  progress: true,
  callProgress: true,
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
  readonly #subscribers = new Set<() => void>();
  readonly #listeners = new Map<keyof RuntimeEvents, Set<Listener>>();

  /** @throws LuaSkillsError `invalid_argument` for an event there is none of, or a listener that is no function */
  on<K extends keyof RuntimeEvents>(name: K, listener: (event: RuntimeEvents[K]) => void): () => void {
    if (!eventNames.includes(name)) {
      throw new LuaSkillsError(
        "invalid_argument",
        `on(type): there is no event "${String(name)}"; events: ${eventNames.join(", ")}`,
      );
    }
    checkListener("on(type, listener)", listener);
    const set = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, set);
    // A wrapper of its own, so that one function registered twice is heard twice and removed once.
    const own: Listener = (event) => listener(event);
    set.add(own);
    return () => void set.delete(own);
  }

  /** Hears every change of the mirrored state, before the events that tell of it. */
  subscribe(listener: () => void): () => void {
    checkListener("subscribe(listener)", listener);
    const own = () => listener();
    this.#subscribers.add(own);
    return () => void this.#subscribers.delete(own);
  }

  /** The state has changed. */
  changed(): void {
    for (const listener of [...this.#subscribers]) told(listener);
  }

  emit({ name, event }: EngineEvent): void {
    for (const listener of [...(this.#listeners.get(name) ?? [])])
      told(() => (listener as (event: unknown) => void)(event));
  }
}

/** Runs a listener of the user. What it throws is its own. */
export function told(tell: () => void): void {
  try {
    tell();
  } catch (thrown) {
    report(thrown);
  }
}

function checkListener(what: string, listener: unknown): void {
  if (typeof listener === "function") return;
  throw new LuaSkillsError(
    "invalid_argument",
    `${what} must be a function, got ${listener === null ? "null" : typeof listener}`,
  );
}

/** As an uncaught error of its own, where the platform shows those. Node has no reportError. */
export function report(thrown: unknown): void {
  if (typeof reportError === "function") reportError(thrown);
  else
    queueMicrotask(() => {
      throw thrown;
    });
}
