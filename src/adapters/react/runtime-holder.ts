/**
 * The runtime of a provider: started when the first effect runs, closed when the provider is really gone.
 * @module
 */
import type { Runtime } from "../../contract/contract.ts";

export type RuntimeState =
  | { readonly status: "starting"; readonly runtime: undefined; readonly error: undefined }
  | { readonly status: "ready"; readonly runtime: Runtime; readonly error: undefined }
  | { readonly status: "failed"; readonly runtime: undefined; readonly error: unknown };

export const starting: RuntimeState = { status: "starting", runtime: undefined, error: undefined };

export class RuntimeHolder {
  #state: RuntimeState;
  #users = 0;
  #opened: Promise<Runtime> | undefined;
  readonly #listeners = new Set<() => void>();
  #calls = 0;
  readonly #callListeners = new Set<() => void>();

  /** A runtime of the application's own is not closed here. */
  constructor(private readonly source: { readonly runtime: Runtime } | { readonly create: () => Promise<Runtime> }) {
    this.#state = "runtime" in source ? ready(source.runtime) : starting;
  }

  readonly state = (): RuntimeState => this.#state;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };

  /** Grows with every call that ended: what it may have written can be read anew. */
  readonly calls = (): number => this.#calls;

  readonly subscribeCalls = (listener: () => void): (() => void) => {
    this.#callListeners.add(listener);
    return () => void this.#callListeners.delete(listener);
  };

  callEnded(): void {
    this.#calls += 1;
    for (const listener of [...this.#callListeners]) listener();
  }

  /** The answer lets go. StrictMode lets go and takes up again in one turn: nothing is closed in between. */
  use(): () => void {
    this.#users += 1;
    this.#open();
    let left = false;
    return () => {
      if (left) return;
      left = true;
      this.#users -= 1;
      setTimeout(() => {
        if (this.#users === 0) this.#close();
      }, 0);
    };
  }

  #open(): void {
    if (!("create" in this.source) || this.#opened) return;
    const opened = this.source.create();
    this.#opened = opened;
    opened.then(
      (runtime) => this.#opened === opened && this.#become(ready(runtime)),
      (error: unknown) => this.#opened === opened && this.#become({ status: "failed", runtime: undefined, error }),
    );
  }

  #close(): void {
    const opened = this.#opened;
    if (!opened) return;
    this.#opened = undefined;
    this.#become(starting);
    opened.then(
      (runtime) => runtime.close(),
      () => undefined, // told when it failed
    );
  }

  #become(state: RuntimeState): void {
    this.#state = state;
    for (const listener of [...this.#listeners]) listener();
  }
}

function ready(runtime: Runtime): RuntimeState {
  return { status: "ready", runtime, error: undefined };
}
