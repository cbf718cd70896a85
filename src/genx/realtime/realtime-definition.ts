import type { JsonObject } from "../../contract/contract.ts";
import type { ToolDefinition } from "../tools/tool-definition.ts";
import type { RealtimeAdapter } from "./realtime-adapter.ts";

/** The part of a WebSocket that is used; the browser's own fits. */
export interface RealtimeSocket {
  binaryType?: string;
  readonly bufferedAmount?: number;
  send(data: string | Uint8Array<ArrayBuffer>): void;
  close(): void;
  addEventListener(
    type: string,
    listener: (event: { readonly data?: unknown; readonly reason?: string }) => void,
  ): void;
}

/** Where a realtime model is and what it speaks. */
export interface RealtimeEndpoint {
  readonly url: string;
  /** Subprotocols: the place for a short-lived token of the host's own server. */
  readonly protocols?: readonly string[];
  readonly adapter: RealtimeAdapter;
  /** Default: `new WebSocket(url, protocols)`. */
  readonly connect?: (url: string, protocols: readonly string[]) => RealtimeSocket;
  /**
   * A key that lives long, sent as a subprotocol. A page shows it to everybody who opens it; refused there unless
   * `dangerouslyAllowBrowserKey` is set.
   */
  readonly key?: string;
  readonly dangerouslyAllowBrowserKey?: boolean;
}

export type RealtimeModels = Readonly<Record<string, RealtimeEndpoint>>;

export interface RealtimeDefinition {
  readonly type: "realtime";
  readonly name: string;
  /** A name of `realtime` of the GenX. */
  readonly model: string;
  readonly prompt?: string;
  readonly tools?: readonly ToolDefinition[];
  readonly session?: JsonObject;
}
