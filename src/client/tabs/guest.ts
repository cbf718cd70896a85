import type { Capabilities, RuntimeEvents } from "../../contract/contract.ts";
import { LuaSkillsError } from "../../errors.ts";
import type { EngineReplies, EngineRequest } from "../../wire/ops.ts";
import type { EngineStart, Go, RegistrySnapshot } from "../../wire/protocol.ts";
import type { EngineWiring, ServedEngine } from "../../wire/serve.ts";
import type { EngineEvent, RequestOptions, Transport } from "../../wire/transport.ts";
import { differingOptions } from "./agreement.ts";
import { isRepeatable } from "./repeatable.ts";

/** Milliseconds the calls of a tab that is gone may go on. */
const goneMs = 5_000;

/** The engine of the tab that leads, as its tabs see it. */
export interface Led {
  readonly transport: Transport;
  /** What it was started with. */
  readonly start: EngineStart;
}

/** What a guest needs from its host. */
export interface GuestPlan {
  readonly led: Led;
  /** Asks the other side whether to run a request; absent on the leader's own tab, which cannot go without it. */
  readonly ask?: (id: number) => void;
  /** An event belongs to a request of this guest. */
  readonly owns: (event: object, guest: Guest) => void;
  readonly closed: (guest: Guest) => void;
}

interface Running {
  readonly abort: AbortController;
  go(): void;
}

/** One tab at the engine of another: its requests, with its own callbacks and under its own ids. */
export class Guest implements ServedEngine {
  readonly #running = new Map<number, Running>();

  /** @throws LuaSkillsError `options_differ` */
  constructor(
    start: EngineStart,
    private readonly wiring: EngineWiring,
    private readonly plan: GuestPlan,
  ) {
    const { led } = plan;
    const options = differingOptions(led.start, start, led.transport.capabilities.storage.kind);
    if (options.length > 0) throw differ(options);
  }

  get capabilities(): Capabilities {
    const { led, ask } = this.plan;
    return ask ? { ...led.transport.capabilities, role: "follower" } : led.transport.capabilities;
  }

  snapshot(): RegistrySnapshot {
    return this.plan.led.transport.snapshot();
  }

  async request<R extends EngineRequest>(
    request: R,
    { requestId: id }: { readonly requestId: number },
  ): Promise<EngineReplies[R["op"]]> {
    const { led, ask, owns } = this.plan;
    const abort = new AbortController();
    const { signal } = abort;
    const options: RequestOptions = {
      signal,
      callbacks: this.wiring.callbacks,
      onEvent: ({ name, event }: EngineEvent) => {
        owns(event, this);
        this.wiring.emit(name, event, id);
      },
    };
    try {
      const told = new Promise<void>((go, stop) => {
        this.#running.set(id, { abort, go });
        signal.addEventListener("abort", () => stop(signal.reason), { once: true });
      });
      told.catch(() => {}); // a request that was let go of hears of it below
      if (ask && !isRepeatable(request)) {
        ask(id);
        await told;
      }
      return await led.transport.request(request, options);
    } catch (thrown) {
      // The tab goes. What becomes of the request its own tab decides when it hears of that.
      if (thrown instanceof LuaSkillsError && thrown.code === "runtime_closed") return new Promise(() => {});
      throw thrown;
    } finally {
      this.#running.delete(id);
    }
  }

  /** The other side's answer to `ask`. */
  go({ id }: Go): void {
    this.#running.get(id)?.go();
  }

  cancel(id: number, reason: LuaSkillsError): void {
    this.#running.get(id)?.abort.abort(reason);
  }

  /** Hears what the engine tells everybody. */
  hear(name: keyof RuntimeEvents, event: RuntimeEvents[keyof RuntimeEvents]): void {
    this.wiring.emit(name, event as never);
  }

  registryChanged(): void {
    const { storage } = this.plan.led.transport.capabilities;
    this.wiring.registryChanged(this.snapshot(), { storage });
  }

  /**
   * Nobody waits any more for what runs. Most of it is over in a moment; an abort that the engine does not hear at once would cost
   * all tabs their engine.
   */
  async close(): Promise<void> {
    this.plan.closed(this);
    if (this.#running.size === 0) return;
    const reason = new LuaSkillsError("aborted", "the tab that made the call is gone");
    setTimeout(() => {
      for (const { abort } of this.#running.values()) abort.abort(reason);
    }, goneMs);
  }
}

function differ(options: readonly string[]): LuaSkillsError {
  return new LuaSkillsError(
    "options_differ",
    `another tab runs the engine of this store with other options: ${options.join(", ")}. Start all tabs of a store with the ` +
      'same options, use another storage name, or keep a store for one tab with storage: { kind: "browser", whenInUse: "fail" }.',
    { data: { options } },
  );
}
