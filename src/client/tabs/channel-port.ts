import type { PlatformPort } from "../../wire/message-port.ts";
import { channelName } from "./names.ts";

type Listener = (event: { readonly data: unknown }) => void;

/** The last message of a side that goes on over the port. */
const moved = "moved";

/**
 * The way between two tabs: a channel that they alone know, and a MessagePort as soon as one has come through (port-broker.ts), which is
 * some three times quicker (bench/tabs). One side offers its end, the other moves to the end it got, and then the first moves, too. What
 * a side has said on the channel is heard before what it says over the port.
 */
export class ChannelPort implements PlatformPort {
  readonly #channel: BroadcastChannel;
  readonly #listeners = new Set<Listener>();
  #offered: MessagePort | undefined;
  #direct: MessagePort | undefined;
  /** What has come over the port while the other side's last words on the channel have not; undefined: they have. */
  #early: { readonly data: unknown }[] | undefined = [];
  #open = true;

  constructor(store: string, channel: string) {
    this.#channel = new BroadcastChannel(channelName(store, channel));
    this.#channel.onmessage = ({ data }) => {
      if (data === moved) this.#otherMoved();
      else this.#hear({ data });
    };
  }

  /** On the channel what is transferred elsewhere is copied. */
  postMessage(message: unknown, transfer: readonly Transferable[] = []): void {
    // The other side may have something to say after this one has ended.
    if (!this.#open) return;
    if (this.#direct) this.#direct.postMessage(message, [...transfer]);
    else this.#channel.postMessage(message);
  }

  addEventListener(_type: "message", listener: Listener): void {
    this.#listeners.add(listener);
  }

  /** Goes on over `port` when the other side, which is on its way to get the other end, has moved there. Only the first counts. */
  offer(port: MessagePort): void {
    if (!this.#open || this.#offered) {
      port.close();
      return;
    }
    this.#offered = port;
    port.onmessage = ({ data }) => {
      if (this.#early) this.#early.push({ data });
      else this.#hear({ data });
    };
  }

  /** Goes on over `port` now: the other side has offered its other end. */
  move(port: MessagePort): void {
    this.offer(port);
    if (this.#offered === port) this.#moveOver(port);
  }

  close(): void {
    this.#open = false;
    this.#listeners.clear();
    this.#channel.close();
    this.#offered?.close();
  }

  #moveOver(port: MessagePort): void {
    this.#channel.postMessage(moved);
    this.#direct = port;
  }

  #otherMoved(): void {
    if (this.#offered && !this.#direct) this.#moveOver(this.#offered);
    const early = this.#early ?? [];
    this.#early = undefined;
    for (const event of early) this.#hear(event);
  }

  #hear(event: { readonly data: unknown }): void {
    for (const listener of [...this.#listeners]) listener(event);
  }
}
