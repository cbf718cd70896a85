import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import { type JSONRPCMessage, JSONRPCMessageSchema } from "@modelcontextprotocol/sdk/types.js";

/** What of a port is used: a MessagePort, or a worker and its scope. */
export interface MessagePortLike {
  postMessage(message: unknown): void;
  addEventListener(type: "message" | "messageerror" | "close", listener: (event: MessageEvent) => void): void;
  removeEventListener(type: "message" | "messageerror" | "close", listener: (event: MessageEvent) => void): void;
  start?(): void;
  close?(): void;
}

const goodbye = "luaskills-wasm/mcp-closed";

/**
 * MCP between a page and its frames, workers and extensions. Ports of most browsers do not tell that the other end is gone, so
 * each end says goodbye.
 *
 * @example
 * const { port1, port2 } = new MessageChannel();
 * await mcpServer(runtime).connect(new MessagePortTransport(port1));
 * frame.contentWindow.postMessage("mcp", origin, [port2]);
 */
export class MessagePortTransport implements Transport {
  onmessage?: Transport["onmessage"];
  onclose?: () => void;
  onerror?: (error: Error) => void;
  #open = false;

  constructor(private readonly port: MessagePortLike) {}

  async start(): Promise<void> {
    if (this.#open) return;
    this.#open = true;
    this.port.addEventListener("message", this.#heard);
    this.port.addEventListener("messageerror", this.#unreadable);
    this.port.addEventListener("close", this.#gone);
    this.port.start?.();
  }

  async send(message: JSONRPCMessage): Promise<void> {
    this.port.postMessage(message);
  }

  async close(): Promise<void> {
    if (!this.#open) return;
    this.port.postMessage(goodbye);
    this.#gone();
  }

  readonly #heard = ({ data }: MessageEvent): void => {
    if (data === goodbye) {
      this.#gone();
      return;
    }
    const { success, data: message, error } = JSONRPCMessageSchema.safeParse(data);
    if (success) this.onmessage?.(message);
    else this.onerror?.(new Error(`a message that is not JSON-RPC came over the port: ${error.message}`));
  };

  readonly #unreadable = (): void => {
    this.onerror?.(new Error("a message came over the port that cannot be read"));
  };

  readonly #gone = (): void => {
    if (!this.#open) return;
    this.#open = false;
    this.port.removeEventListener("message", this.#heard);
    this.port.removeEventListener("messageerror", this.#unreadable);
    this.port.removeEventListener("close", this.#gone);
    this.port.close?.();
    this.onclose?.();
  };
}
