import { LuaSkillsError } from "../../errors.ts";
import { ThreadLink } from "../../wire/thread-link.ts";
import { ChannelPort } from "./channel-port.ts";
import { PortBroker } from "./port-broker.ts";

export interface ChannelPlan {
  readonly store: string;
  readonly channel: string;
  readonly handshakeMs: number;
}

/** A follower's way to the tab that leads. */
export class ChannelLink extends ThreadLink {
  readonly #watch = new AbortController();
  #leader: string | undefined;
  #broker: PortBroker | undefined;

  constructor({ store, channel, handshakeMs }: ChannelPlan) {
    const port = new ChannelPort(store, channel);
    super({
      port,
      handshakeMs,
      noSign: async (why) =>
        new LuaSkillsError("storage_in_use", `the tab that has opened the store "${store}" does not answer: ${why}`, {
          data: { store },
        }),
      beforeStart: async () => {},
    });
    this.port.listen((message) => {
      if (!("type" in message)) return;
      if (message.type === "left") this.crashed("the tab that leads has left");
      if (message.type !== "alive" || message.lock === undefined || this.#leader === message.lock) return;
      this.#leader = message.lock;
      this.#watchLeader(message.lock);
      this.#broker = PortBroker.open(store);
      if (!this.#broker) return;
      const { port1, port2 } = new MessageChannel();
      port.offer(port1);
      this.#broker.send(message.lock, channel, port2);
    });
  }

  protected end(): void {
    this.#watch.abort();
    this.#broker?.close();
  }

  /** Granted when nobody is left who holds it. */
  #watchLeader(lock: string): void {
    const { signal } = this.#watch;
    navigator.locks
      .request(lock, { mode: "shared", signal }, () => {
        if (!signal.aborted) this.crashed("the tab that led is gone");
      })
      .catch(() => {}); // AbortError of our own end
  }
}
