import { LuaSkillsError } from "../../errors.ts";
import type { Chunk } from "../streams/chunk.ts";
import type { Frame, RealtimeAdapter, RealtimeEvent, RealtimeOptions } from "./realtime-adapter.ts";
import type { RealtimeEndpoint, RealtimeSocket } from "./realtime-definition.ts";

/** Bytes a socket may hold back before input waits. */
const maxBuffered = 1024 * 1024;
const bufferPollMs = 20;

/** One conversation with a realtime model over a socket. No reconnect: a dropped socket ends it. */
export class RealtimeSession {
  readonly #socket: RealtimeSocket;
  readonly #adapter: RealtimeAdapter;
  readonly #opened: Promise<void>;
  #closed = false;

  /**
   * @param onEvent called for every event, in order
   * @param onClosed called once, when the socket is gone
   * @throws LuaSkillsError `permission_denied` for a long-lived key in a page
   */
  constructor(
    endpoint: RealtimeEndpoint,
    options: RealtimeOptions,
    onEvent: (event: RealtimeEvent) => void,
    onClosed: () => void,
  ) {
    this.#adapter = endpoint.adapter;
    this.#socket = connect(endpoint);
    this.#socket.binaryType = "arraybuffer";
    this.#opened = new Promise((resolve, reject) => {
      this.#socket.addEventListener("open", () => {
        this.#send(this.#adapter.open(options));
        resolve();
      });
      this.#socket.addEventListener("close", ({ reason }) => {
        this.#closed = true;
        reject(
          new LuaSkillsError(
            "network_error",
            `realtime: the socket of ${options.model} closed${reason ? `: ${reason}` : ""}`,
          ),
        );
        onClosed();
      });
    });
    // Whoever waits for it sees the failure; nobody may be waiting.
    this.#opened.catch(() => undefined);
    this.#socket.addEventListener("message", ({ data }) => {
      for (const event of this.#decode(data)) onEvent(event);
    });
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Waits for the socket, and while it holds back too much. @throws LuaSkillsError `network_error` */
  async input(chunk: Chunk): Promise<void> {
    await this.#opened;
    while (!this.#closed && (this.#socket.bufferedAmount ?? 0) > maxBuffered) {
      await new Promise((resolve) => setTimeout(resolve, bufferPollMs));
    }
    if (this.#closed) throw new LuaSkillsError("network_error", "realtime: the socket is closed");
    this.#send(this.#adapter.encode(chunk));
  }

  toolResult(callId: string, name: string, result: string): void {
    this.#send(this.#adapter.toolResult(callId, name, result));
  }

  cancel(): void {
    this.#send(this.#adapter.cancel());
  }

  close(): void {
    if (this.#closed) return;
    this.#send(this.#adapter.close());
    this.#closed = true;
    this.#socket.close();
  }

  #send(frames: readonly Frame[]): void {
    if (this.#closed) return;
    for (const frame of frames) this.#socket.send(frame as string);
  }

  #decode(data: unknown): readonly RealtimeEvent[] {
    try {
      return this.#adapter.decode(data instanceof ArrayBuffer ? new Uint8Array(data) : (data as Frame));
    } catch (error) {
      return [{ type: "error", message: `a frame could not be read: ${(error as Error).message}` }];
    }
  }
}

function connect({
  url,
  protocols = [],
  key,
  dangerouslyAllowBrowserKey,
  connect: open,
}: RealtimeEndpoint): RealtimeSocket {
  const inPage = typeof document !== "undefined";
  if (key !== undefined && inPage && !dangerouslyAllowBrowserKey) {
    throw new LuaSkillsError(
      "permission_denied",
      "realtime: a key in a page is seen by everybody who opens it; give a short-lived token of your server in `protocols`, or set dangerouslyAllowBrowserKey",
    );
  }
  const all = key === undefined ? protocols : [...protocols, `openai-insecure-api-key.${key}`];
  return open ? open(url, all) : (new WebSocket(url, [...all]) as unknown as RealtimeSocket);
}
