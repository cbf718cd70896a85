import { meetingName } from "./names.ts";

/** What tabs tell all others of their store. */
export type MeetingMessage =
  /** A tab opened that channel and waits for the leader there; `tab` names its lock. */
  | { readonly type: "join"; readonly channel: string; readonly tab: string }
  /** There is a leader, and it hears. */
  | { readonly type: "lead" };

/** The channel of all tabs of a store. */
export class Meeting {
  readonly #channel: BroadcastChannel;
  #open = true;

  constructor(store: string, hear: (message: MeetingMessage) => void) {
    this.#channel = new BroadcastChannel(meetingName(store));
    this.#channel.onmessage = ({ data }: MessageEvent<MeetingMessage>) => {
      if (this.#open) hear(data);
    };
  }

  tell(message: MeetingMessage): void {
    if (this.#open) this.#channel.postMessage(message);
  }

  /** Idempotent. */
  close(): void {
    this.#open = false;
    this.#channel.close();
  }
}
