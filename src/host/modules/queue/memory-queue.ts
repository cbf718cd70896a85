/**
 * Messages in memory, first in first out. What is taken is somebody's until it is acknowledged; given back it is the next.
 * @module
 */
import type { LuaValue } from "../../../lua/interface.ts";

export interface QueuedMessage {
  readonly id: string;
  readonly payload: LuaValue;
  readonly headers: Readonly<Record<string, LuaValue>>;
  /** What it takes in memory. */
  readonly bytes: number;
  /** How often it was given to somebody. */
  readonly deliveries: number;
}

export class MemoryQueue {
  readonly #ready: QueuedMessage[] = [];
  readonly #taken = new Map<string, QueuedMessage>();
  readonly #waiting: ((message: QueuedMessage) => void)[] = [];

  /** Of all that nobody has acknowledged. */
  #bytes = 0;

  constructor(
    private readonly capacity: number,
    private readonly mostBytes: number,
  ) {}

  get info(): { readonly message_count: number; readonly consumer_count: number; readonly ready: number } {
    const ready = this.#ready.length;
    return { message_count: ready + this.#taken.size, consumer_count: this.#waiting.length, ready };
  }

  /** False when it is full. */
  publish(message: QueuedMessage): boolean {
    if (this.#bytes + message.bytes > this.mostBytes) return false;
    if (this.#waiting.length === 0 && this.#ready.length >= this.capacity) return false;
    this.#bytes += message.bytes;
    const taker = this.#waiting.shift();
    if (taker) taker(this.#take(message));
    else this.#ready.push(message);
    return true;
  }

  /** The next message, as soon as there is one. Rejects with the reason of the signal. */
  receive(signal: AbortSignal): Promise<QueuedMessage> {
    signal.throwIfAborted();
    const next = this.#ready.shift();
    if (next) return Promise.resolve(this.#take(next));
    return new Promise((resolve, reject) => {
      const taker = (message: QueuedMessage) => {
        signal.removeEventListener("abort", gone);
        resolve(message);
      };
      const gone = () => {
        this.#waiting.splice(this.#waiting.indexOf(taker), 1);
        reject(signal.reason);
      };
      signal.addEventListener("abort", gone, { once: true });
      this.#waiting.push(taker);
    });
  }

  acknowledge(id: string): void {
    this.#bytes -= this.#taken.get(id)?.bytes ?? 0;
    this.#taken.delete(id);
  }

  giveBack(id: string): void {
    const message = this.#taken.get(id);
    if (!message) return;
    this.#taken.delete(id);
    const taker = this.#waiting.shift();
    if (taker) taker(this.#take(message));
    else this.#ready.unshift(message);
  }

  #take(message: QueuedMessage): QueuedMessage {
    const taken = { ...message, deliveries: message.deliveries + 1 };
    this.#taken.set(taken.id, taken);
    return taken;
  }
}
