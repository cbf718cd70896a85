import { expose } from "comlink";
import type { RuntimeEvents } from "../../contract/contract.ts";
import { MessageWire } from "../../wire/message-port.ts";
import type { EngineStart, FromEngine, ToEngine } from "../../wire/protocol.ts";
import { type EngineBoot, EngineServer, type EngineWiring } from "../../wire/serve.ts";
import { ChannelPort } from "./channel-port.ts";
import { Guest, type Led } from "./guest.ts";
import { Meeting, type MeetingMessage } from "./meeting.ts";
import { tabLockName } from "./names.ts";
import { PortBroker } from "./port-broker.ts";

interface Connection {
  readonly port: ChannelPort;
  readonly wire: MessageWire<FromEngine, ToEngine>;
  readonly server: EngineServer;
  /** Ends the watch over the other tab. */
  readonly watch: AbortController;
}

/** Lets other tabs use the engine of this one. */
export class TabHost {
  readonly #meeting: Meeting;
  readonly #connections = new Map<string, Connection>();
  readonly #guests = new Set<Guest>();
  /** Events that belong to a guest's request: it has heard them already. */
  readonly #owners = new WeakMap<object, Guest>();
  /** Once somebody has come. */
  #broker: PortBroker | undefined;
  #closed = false;

  constructor(
    private readonly store: string,
    private readonly tab: string,
    private readonly led: Led,
  ) {
    this.#meeting = new Meeting(store, (message) => this.#hear(message));
    this.#meeting.tell({ type: "lead" });
  }

  /** For the leader's own tab, when it is one of the guests. */
  readonly ownBoot: EngineBoot = async (start, wiring) => this.#guest(start, wiring, undefined);

  event(name: keyof RuntimeEvents, event: RuntimeEvents[keyof RuntimeEvents]): void {
    const owner = this.#owners.get(event);
    for (const guest of this.#guests) if (guest !== owner) guest.hear(name, event);
  }

  registryChanged(): void {
    for (const guest of this.#guests) guest.registryChanged();
  }

  /** Tells all tabs that this one leads no more. Idempotent, and done at once. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#meeting.close();
    this.#broker?.close(this.tab);
    for (const [channel, { wire }] of this.#connections) {
      wire.post({ type: "left" });
      this.#drop(channel);
    }
  }

  #hear(message: MeetingMessage): void {
    if (message.type !== "join") return;
    const known = this.#connections.get(message.channel);
    if (known) this.#greet(known.wire);
    else this.#connect(message.channel, message.tab);
  }

  #connect(channel: string, tab: string): void {
    const port = new ChannelPort(this.store, channel);
    const wire = new MessageWire<FromEngine, ToEngine>(port);
    let guest: Guest | undefined;
    const server = new EngineServer(wire, async (start, wiring) => {
      guest = this.#guest(start, wiring, (id) => wire.post({ type: "accept", id }));
      return guest;
    });
    wire.listen((message) => {
      if ("type" in message && message.type === "go") guest?.go(message);
    });
    expose(server, wire.control);
    const watch = new AbortController();
    this.#connections.set(channel, { port, wire, server, watch });
    this.#greet(wire);
    this.#takePorts();
    navigator.locks
      .request(tabLockName(this.store, tab), { mode: "shared", signal: watch.signal }, () => this.#drop(channel))
      .catch(() => {}); // AbortError of our own end
  }

  #takePorts(): void {
    if (this.#broker) return;
    this.#broker = PortBroker.open(this.store);
    this.#broker?.take(this.tab, (channel, port) => {
      const connection = this.#connections.get(channel);
      if (connection) connection.port.move(port);
      else port.close();
    });
  }

  #greet(wire: Connection["wire"]): void {
    wire.post({ type: "ready" });
    wire.post({ type: "alive", lock: tabLockName(this.store, this.tab) });
  }

  #guest(start: EngineStart, wiring: EngineWiring, ask: ((id: number) => void) | undefined): Guest {
    const guest = new Guest(start, wiring, {
      led: this.led,
      owns: (event, owner) => this.#owners.set(event, owner),
      closed: (each) => this.#guests.delete(each),
      ...(ask ? { ask } : {}),
    });
    this.#guests.add(guest);
    return guest;
  }

  #drop(channel: string): void {
    const connection = this.#connections.get(channel);
    if (!connection) return;
    this.#connections.delete(channel);
    connection.watch.abort();
    void connection.server.close().finally(() => connection.wire.close());
  }
}
