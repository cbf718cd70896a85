/**
 * One WebSocket of Lua's. Messages that come before anybody asks for them are kept.
 * @module
 */
import type { Feed } from "../../../modules/definition/interface.ts";

/** What is used of the platform's class. `ping` only some have. */
export interface SocketLike {
  binaryType: string;
  readonly readyState: number;
  readonly protocol?: string;
  send(data: string | Uint8Array): void;
  close(code?: number, reason?: string): void;
  ping?(): void;
  addEventListener(type: "open" | "message" | "close" | "error", listener: (event: SocketEvent) => void): void;
}

export interface SocketEvent {
  readonly data?: unknown;
  readonly code?: number;
  readonly message?: string;
}

export type SocketClass = new (url: string, protocols?: readonly string[]) => SocketLike;

export interface SocketMessage {
  readonly type: "text" | "binary";
  readonly data: string | Uint8Array;
}

export interface ConnectionLimits {
  /** Messages that wait for Lua. */
  readonly capacity: number;
  /** Bytes of one message, and of all that wait for Lua together. */
  readonly messageBytes: number;
}

const isOpenState = 1;

export class Connection {
  readonly #waiting: SocketMessage[] = [];
  #waitingBytes = 0;
  #feed: Feed | undefined;
  #isOver = false;

  constructor(
    readonly socket: SocketLike,
    readonly limits: ConnectionLimits,
  ) {
    socket.binaryType = "arraybuffer";
    socket.addEventListener("message", ({ data }) => this.#arrived(data));
    socket.addEventListener("close", () => this.#ended());
  }

  /** @throws Error when it could not be made */
  opened(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const fail = (error: unknown) => {
        this.close();
        reject(error);
      };
      const gone = () => fail(signal.reason);
      if (signal.aborted) return gone();
      signal.addEventListener("abort", gone, { once: true });
      const settled = () => signal.removeEventListener("abort", gone);
      this.socket.addEventListener("open", () => {
        settled();
        resolve();
      });
      for (const type of ["error", "close"] as const) {
        this.socket.addEventListener(type, ({ message, code }) => {
          settled();
          fail(new Error(message ?? (code === undefined ? "the server could not be reached" : `closed with ${code}`)));
        });
      }
    });
  }

  get isOpen(): boolean {
    return this.socket.readyState === isOpenState;
  }

  /** From now on messages go there. */
  feed(feed: Feed): void {
    this.#feed = feed;
    for (const message of this.#waiting.splice(0)) this.#hand(message, feed);
    if (this.#isOver) feed.close();
  }

  close(code?: number, reason?: string): void {
    if (code === undefined) this.socket.close();
    else this.socket.close(code, reason ?? "");
  }

  /** Lua reads more slowly than the server writes. */
  overflow(): void {
    this.#isOver = true;
    // Browsers let nobody say 1009; the server sees that the client went away.
    this.socket.close();
  }

  #arrived(data: unknown): void {
    if (this.#isOver) return;
    const message = messageOf(data);
    if (!message) return;
    if (message.data.length > this.limits.messageBytes) {
      this.#ended();
      this.socket.close();
    } else if (this.#feed) this.#hand(message, this.#feed);
    else if (
      this.#waiting.length < this.limits.capacity &&
      this.#waitingBytes + message.data.length <= this.limits.messageBytes
    ) {
      this.#waitingBytes += message.data.length;
      this.#waiting.push(message);
    } else this.overflow();
  }

  #hand(message: SocketMessage, feed: Feed): void {
    if (!feed.push(message)) this.overflow();
  }

  #ended(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#feed?.close();
  }
}

function messageOf(data: unknown): SocketMessage | undefined {
  if (typeof data === "string") return { type: "text", data };
  if (data instanceof ArrayBuffer) return { type: "binary", data: new Uint8Array(data) };
  return ArrayBuffer.isView(data)
    ? { type: "binary", data: new Uint8Array(data.buffer, data.byteOffset, data.byteLength).slice() }
    : undefined;
}

export const closeCodes = {
  NORMAL: 1000,
  GOING_AWAY: 1001,
  PROTOCOL_ERROR: 1002,
  UNSUPPORTED_DATA: 1003,
  RESERVED: 1004,
  NO_STATUS: 1005,
  ABNORMAL_CLOSURE: 1006,
  INVALID_PAYLOAD: 1007,
  POLICY_VIOLATION: 1008,
  MESSAGE_TOO_BIG: 1009,
  MANDATORY_EXTENSION: 1010,
  INTERNAL_ERROR: 1011,
  SERVICE_RESTART: 1012,
  TRY_AGAIN_LATER: 1013,
  BAD_GATEWAY: 1014,
  TLS_HANDSHAKE: 1015,
};
