import type { HostCallbacks } from "../contract/contract.ts";
import { LuaSkillsError } from "../errors.ts";
import { runCallback } from "./host-callbacks.ts";
import type { EngineEvent } from "./link.ts";
import type { EngineMessage, EnginePort, RegistrySnapshot } from "./protocol.ts";

export interface EventPortListener {
  event(event: EngineEvent, requestId: number | undefined): void;
  registry(snapshot: RegistrySnapshot): void;
}

/** The page's end of the one port of an engine: hears events, runs host callbacks, answers them. */
export class EventPort {
  readonly #running = new Map<number, AbortController>();
  readonly #hear = (message: { readonly data: unknown }) => this.#receive(message.data as Partial<EngineMessage>);

  constructor(
    private readonly port: EnginePort,
    private readonly callbacks: HostCallbacks,
    private readonly listener: EventPortListener,
  ) {
    port.addEventListener("message", this.#hear);
    port.start?.();
  }

  /** Stops listening and aborts the callbacks that still run: nobody waits for them any more. */
  close(): void {
    this.port.removeEventListener("message", this.#hear);
    const reason = new LuaSkillsError("aborted", "the engine that asked for this callback is gone");
    for (const controller of this.#running.values()) controller.abort(reason);
    this.#running.clear();
    this.port.close?.();
  }

  // Replies to requests and comlink's come through the same port; they are for others.
  #receive(message: Partial<EngineMessage>): void {
    switch (message.type) {
      case "event":
        this.listener.event({ name: message.name, event: message.event } as EngineEvent, message.requestId);
        return;
      case "registry":
        if (message.snapshot) this.listener.registry(message.snapshot);
        return;
      case "callback":
        void this.#run(message as Extract<EngineMessage, { type: "callback" }>);
        return;
      case "callback-abort":
        this.#running
          .get(message.id ?? 0)
          ?.abort(new LuaSkillsError("aborted", "the call that asked for this callback was stopped"));
        return;
    }
  }

  async #run({ id, name, request }: Extract<EngineMessage, { type: "callback" }>): Promise<void> {
    const controller = new AbortController();
    this.#running.set(id, controller);
    const outcome = await runCallback(this.callbacks, name, request, { signal: controller.signal });
    if (!this.#running.delete(id)) return;
    try {
      this.port.postMessage({ type: "callback-result", id, outcome });
    } catch (thrown) {
      const error = new LuaSkillsError(
        "invalid_result",
        `the ${name} callback returned something that cannot cross to the engine: ${String(thrown)}; return JSON values`,
      );
      this.port.postMessage({ type: "callback-result", id, outcome: { ok: false, error: error.toData() } });
    }
  }
}
