import type { RuntimeEvents } from "../../contract/contract.ts";
import { LuaSkillsError } from "../../errors.ts";
import type { Limits } from "../../limits.ts";
import { InlineLink } from "../../wire/inline-link.ts";
import type { EngineLink } from "../../wire/link.ts";
import type { EngineStart } from "../../wire/protocol.ts";
import type { EngineWiring, ServedEngine } from "../../wire/serve.ts";
import { Supervisor } from "../supervisor.ts";
import { TabHost } from "./tab-host.ts";

export interface LeadingPlan {
  readonly store: string;
  readonly tab: string;
  readonly wasm: EngineStart["wasm"];
  readonly limits: Limits;
  readonly warmSpare: boolean;
  /** A thread for an engine; the store is ours. */
  engineLink(plan: { readonly handshakeMs: number; readonly spare: boolean }, storeHeld?: Promise<unknown>): EngineLink;
}

/** A tab that had been following leads: it runs an engine for everybody, and is the first of its guests. */
export class Leading {
  readonly link: EngineLink;
  readonly #links: EngineLink[] = [];
  #supervisor: Supervisor | undefined;
  #host: TabHost | undefined;

  /** `ready`: a thread that waits for its start. */
  constructor(
    private readonly plan: LeadingPlan,
    private ready: EngineLink | undefined,
  ) {
    this.link = new InlineLink((start, wiring) => this.#boot(start, wiring));
  }

  /** Lets go of the store at once; what was at work is cut off. Idempotent. */
  abandon(): void {
    this.#host?.close();
    void this.#supervisor?.close();
    if (this.ready) this.#links.push(this.ready);
    for (const link of this.#links) link.terminate(new LuaSkillsError("leader_changed", "the tab leads no more"));
  }

  async #boot(start: EngineStart, wiring: EngineWiring): Promise<ServedEngine> {
    const { store, tab, wasm, limits, warmSpare, engineLink } = this.plan;
    const own = { ...start, wasm };
    const supervisor = new Supervisor({
      createLink: ({ spare }) => {
        const link = (spare ? undefined : this.ready) ?? engineLink({ handshakeMs: limits.handshakeMs, spare });
        if (!spare) this.ready = undefined;
        this.#links.push(link);
        return link;
      },
      start: own,
      callbacks: wiring.callbacks,
      limits,
      warmSpare,
      emit: ({ name, event }) => this.#host?.event(name, event as RuntimeEvents[keyof RuntimeEvents]),
      changed: () => this.#host?.registryChanged(),
      ended: () => {},
    });
    this.#supervisor = supervisor;
    await supervisor.start();
    const host = new TabHost(store, tab, { transport: supervisor, start: own });
    this.#host = host;
    const guest = await host.ownBoot(start, wiring);
    return {
      get capabilities() {
        return guest.capabilities;
      },
      snapshot: () => guest.snapshot(),
      request: (request, options) => guest.request(request, options),
      cancel: (id, reason) => guest.cancel(id, reason),
      close: async () => {
        host.close();
        await guest.close();
        await supervisor.close();
      },
    };
  }
}
