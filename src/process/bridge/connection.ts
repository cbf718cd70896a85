/**
 * The client's end of the bridge: a WebSocket that is opened when something is first asked of it. What was under way when
 * it is lost fails; nothing is sent twice.
 * @module
 */
import { onAbort } from "../../base/on-abort.ts";
import { LuaSkillsError } from "../../errors.ts";
import type { BridgeLink } from "./link.ts";
import { decodeMessage, encodeMessage } from "./message-codec.ts";
import { type BridgeFacts, bridgePaths, bridgeProtocol, type FromBridge, type ToBridge } from "./messages.ts";

/** The part of WebSocket used here: browsers', Deno's and workerd's own, in Node the package ws. */
export interface BridgeSocket {
  binaryType: string;
  readonly bufferedAmount: number;
  addEventListener(type: "open" | "error" | "close" | "message", listener: (event: { data?: unknown }) => void): void;
  send(data: string | Uint8Array<ArrayBuffer>): void;
  close(): void;
}
export type BridgeSocketClass = new (url: string) => BridgeSocket;

export interface BridgeAddress {
  /** The bridge's origin, `http://127.0.0.1:7333`. */
  readonly url: string;
  /** From pairing. */
  readonly token: string;
}

interface Waiting {
  readonly what: string;
  settle(outcome: { value: unknown } | { error: LuaSkillsError }): void;
}

interface Open {
  readonly socket: BridgeSocket;
  readonly facts: BridgeFacts;
}

const connectTimeoutMs = 10_000;

export class BridgeConnection implements BridgeLink {
  readonly #url: string;
  readonly #waiting = new Map<number, Waiting>();
  readonly #events = new Map<string, Set<(name: string, data: unknown) => void>>();
  readonly #lost = new Set<() => void>();
  #opening: Promise<Open> | undefined;
  #socket: BridgeSocket | undefined;
  #lastId = 0;
  #closed = false;

  /** @throws LuaSkillsError `invalid_argument` for an address that is no URL of a bridge */
  constructor(
    private readonly address: BridgeAddress,
    private readonly WebSocketClass: () => BridgeSocketClass | Promise<BridgeSocketClass>,
  ) {
    this.#url = connectUrl(address.url);
  }

  async facts(): Promise<BridgeFacts> {
    return (await this.#open()).facts;
  }

  async call(
    service: string,
    method: string,
    params: unknown,
    { signal }: { signal?: AbortSignal } = {},
  ): Promise<unknown> {
    signal?.throwIfAborted();
    const { socket } = await this.#open();
    signal?.throwIfAborted();
    this.#lastId += 1;
    const id = this.#lastId;
    return new Promise((resolve, reject) => {
      const cancel = () => {
        send(socket, { type: "cancel", id });
        this.#settle(id, { error: LuaSkillsError.from(signal?.reason, "aborted") });
      };
      this.#waiting.set(id, {
        what: `${service}.${method}`,
        settle: (outcome) => {
          leave();
          if ("error" in outcome) reject(outcome.error);
          else resolve(outcome.value);
        },
      });
      const leave = onAbort(signal, cancel);
      try {
        send(socket, { type: "call", id, service, method, params });
      } catch (thrown) {
        this.#settle(id, { error: LuaSkillsError.from(thrown, "bridge_error") });
      }
    });
  }

  onEvent(service: string, listener: (name: string, data: unknown) => void): () => void {
    const listeners = this.#events.get(service) ?? new Set();
    this.#events.set(service, listeners.add(listener));
    return () => void listeners.delete(listener);
  }

  onLost(listener: () => void): () => void {
    this.#lost.add(listener);
    return () => void this.#lost.delete(listener);
  }

  close(): void {
    this.#closed = true;
    this.#socket?.close();
    this.#fail(() => new LuaSkillsError("runtime_closed", "the runtime was closed"));
  }

  #open(): Promise<Open> {
    if (this.#closed) return Promise.reject(new LuaSkillsError("runtime_closed", "the runtime was closed"));
    if (!this.#opening) {
      const opening = this.#connect();
      this.#opening = opening;
      // A failure is told to whoever waits; the next call tries again.
      opening.catch(() => {
        if (this.#opening === opening) this.#opening = undefined;
      });
    }
    return this.#opening;
  }

  async #connect(): Promise<Open> {
    const Socket = await this.WebSocketClass();
    const socket = new Socket(this.#url);
    socket.binaryType = "arraybuffer";
    this.#socket = socket;
    return new Promise((resolve, reject) => {
      let opened = false;
      const fail = (error: LuaSkillsError) => {
        clearTimeout(timer);
        socket.close();
        reject(error);
      };
      const timer = setTimeout(() => fail(this.#unreachable("it did not answer in time")), connectTimeoutMs);
      socket.addEventListener("open", () => {
        send(socket, { type: "hello", protocol: bridgeProtocol, token: this.address.token });
      });
      socket.addEventListener("error", () => {
        if (!opened) fail(this.#unreachable("no connection"));
      });
      socket.addEventListener("close", () => {
        if (opened) this.#wasLost(socket);
        else fail(this.#unreachable("it closed the connection"));
      });
      socket.addEventListener("message", ({ data }) => {
        const message = read(data);
        // Whatever talks so is no bridge, or no longer: closing fails what waits.
        if (!message) return socket.close();
        if (opened) return this.#hear(message);
        if (message.type === "refused") return fail(LuaSkillsError.fromData(message.error));
        if (message.type !== "welcome") return fail(this.#unreachable("it is no bridge of luaskills-wasm"));
        if (message.protocol !== bridgeProtocol) {
          return fail(this.#unreachable(`it speaks protocol ${message.protocol}, this runtime ${bridgeProtocol}`));
        }
        clearTimeout(timer);
        opened = true;
        if (this.#closed) socket.close();
        resolve({ socket, facts: message.facts });
      });
    });
  }

  #hear(message: FromBridge): void {
    if (message.type === "result") this.#settle(message.id, { value: message.value });
    if (message.type === "error") this.#settle(message.id, { error: LuaSkillsError.fromData(message.error) });
    if (message.type === "event") {
      for (const listener of this.#events.get(message.service) ?? []) listener(message.name, message.data);
    }
  }

  #settle(id: number, outcome: Parameters<Waiting["settle"]>[0]): void {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    waiting?.settle(outcome);
  }

  #wasLost(socket: BridgeSocket): void {
    if (this.#socket !== socket) return;
    this.#socket = undefined;
    this.#opening = undefined;
    this.#fail(
      (what) =>
        new LuaSkillsError(
          "bridge_error",
          `the connection to the bridge at ${this.address.url} was lost during ${what}; it may or may not have been carried out. The next call connects again`,
          { data: { effects: "possible" } },
        ),
    );
    for (const listener of this.#lost) listener();
  }

  #fail(error: (what: string) => LuaSkillsError): void {
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { what, settle } of waiting) settle({ error: error(what) });
  }

  #unreachable(why: string): LuaSkillsError {
    return new LuaSkillsError(
      "bridge_error",
      `the bridge at ${this.address.url} cannot be reached: ${why}. Start it with: luaskills-wasm bridge`,
    );
  }
}

function connectUrl(origin: string): string {
  const url = URL.canParse(origin) ? new URL(origin) : undefined;
  if (!url || !/^(?:http|ws)s?:$/.test(url.protocol)) {
    throw new LuaSkillsError(
      "invalid_argument",
      `the bridge's url must be an http or ws URL such as http://127.0.0.1:7333, got ${JSON.stringify(origin)}`,
    );
  }
  url.protocol = url.protocol.replace("http", "ws");
  url.pathname = bridgePaths.connect;
  url.search = "";
  url.hash = "";
  return url.href;
}

function send(socket: BridgeSocket, message: ToBridge): void {
  socket.send(encodeMessage(message));
}

function read(data: unknown): FromBridge | undefined {
  try {
    return decodeMessage(data instanceof ArrayBuffer ? new Uint8Array(data) : String(data)) as FromBridge;
  } catch {
    return undefined;
  }
}
