import type { Endpoint } from "comlink";
import type { WirePort } from "./port.ts";

type Listener = (event: { readonly data: unknown }) => void;

/** The part of a platform's MessagePort used here. */
export interface PlatformPort {
  postMessage(message: unknown, transfer?: readonly Transferable[]): void;
  addEventListener(type: "message", listener: Listener): void;
  start?(): void;
  close?(): void;
}

/**
 * One platform port for comlink and for everything that is not comlink's: two ports of one worker may deliver in any order,
 * and a platform's port would run every listener for every message.
 */
export class MessageWire<Out, In> implements WirePort<Out, In> {
  readonly #listeners = new Set<(message: In) => void>();
  readonly #control = new Set<Listener>();
  /** For comlink, whose type wants DOM listeners; all it looks at is `data`. */
  readonly control: Endpoint;

  constructor(private readonly port: PlatformPort) {
    this.control = {
      postMessage: (message: unknown, transfer?: Transferable[]) => port.postMessage(message, transfer),
      addEventListener: (_type: string, listener: unknown) => void this.#control.add(listener as Listener),
      removeEventListener: (_type: string, listener: unknown) => void this.#control.delete(listener as Listener),
    };
    port.addEventListener("message", (event) => {
      if (isControl(event.data)) for (const listener of [...this.#control]) listener(event);
      else for (const hear of this.#listeners) hear(event.data as In);
    });
    port.start?.();
  }

  post(message: Out, transfer?: readonly Transferable[]): void {
    this.port.postMessage(message, transfer);
  }

  listen(hear: (message: In) => void): () => void {
    this.#listeners.add(hear);
    return () => this.#listeners.delete(hear);
  }

  close(): void {
    this.#listeners.clear();
    this.#control.clear();
    this.port.close?.();
  }
}

/** Messages of comlink have a text for their id, ours a number or none. */
function isControl(data: unknown): boolean {
  return typeof (data as { readonly id?: unknown } | null)?.id === "string";
}
