import type { Endpoint } from "comlink";
import type { EnginePort } from "./protocol.ts";

type Listener = (event: { readonly data: unknown }) => void;

/** The part of a platform's MessagePort used here. */
export interface PlatformPort {
  postMessage(message: unknown, transfer?: readonly Transferable[]): void;
  addEventListener(type: "message", listener: Listener): void;
  start?(): void;
  close(): void;
}

/**
 * One port for requests, events, callbacks and comlink, because two ports may deliver in any order. `first` sees every
 * message and says whether it was for it; the others share the rest. A platform's port would run every listener for every
 * message.
 */
export class SharedPort implements EnginePort {
  readonly #listeners = new Set<Listener>();

  constructor(
    private readonly port: PlatformPort,
    first: (data: unknown) => boolean,
  ) {
    port.addEventListener("message", ({ data }) => {
      if (first(data)) return;
      for (const listener of [...this.#listeners]) listener({ data });
    });
    port.start?.();
  }

  /** This port for comlink, whose type wants DOM listeners; all it looks at is `data`. */
  get endpoint(): Endpoint {
    return this as unknown as Endpoint;
  }

  postMessage(message: unknown, transfer?: readonly Transferable[]): void {
    this.port.postMessage(message, transfer);
  }

  addEventListener(_type: string, listener: Listener): void {
    this.#listeners.add(listener);
  }

  removeEventListener(_type: string, listener: Listener): void {
    this.#listeners.delete(listener);
  }

  close(): void {
    this.#listeners.clear();
    this.port.close();
  }
}
