/**
 * What a runtime and the native bridge say to each other: one union a direction, over one WebSocket. A service (`process`,
 * `files`, `ffi`, …) is a name with methods; the wire knows nothing of what they do.
 *
 * A message is JSON. Bytes and 64-bit integers inside it travel as message-codec.ts says.
 * @module
 */
import type { ErrorData } from "../../errors.ts";

/** Raised when an older end could misunderstand the newer one. */
export const bridgeProtocol = 1;

/** Where the WebSocket and the pairing are, below the bridge's origin. */
export const bridgePaths = { connect: "/v1/connect", pair: "/v1/pair", health: "/v1/health" } as const;

export type ToBridge =
  /** The first message of every connection; anything else before it closes the connection. */
  | { readonly type: "hello"; readonly protocol: number; readonly token: string }
  | {
      readonly type: "call";
      readonly id: number;
      readonly service: string;
      readonly method: string;
      readonly params: unknown;
    }
  /** Ends the call with that id as an abort does; it still answers. */
  | { readonly type: "cancel"; readonly id: number };

export type FromBridge =
  | { readonly type: "welcome"; readonly protocol: number; readonly facts: BridgeFacts }
  /** The last message of a connection that was not let in. */
  | { readonly type: "refused"; readonly error: ErrorData }
  | { readonly type: "result"; readonly id: number; readonly value: unknown }
  | { readonly type: "error"; readonly id: number; readonly error: ErrorData }
  /** Something a service says by itself, to this connection. */
  | { readonly type: "event"; readonly service: string; readonly name: string; readonly data: unknown };

/** What a bridge tells of itself when it lets a runtime in. */
export interface BridgeFacts {
  /** Of the package the bridge came with. */
  readonly version: string;
  /** `linux`, `macos` or `windows`, and `x86_64`, `aarch64`, …, as vulcan-api.md §10.4 names them. */
  readonly os: string;
  readonly arch: string;
  /** Each service's own facts, by name: what is allowed, what is installed. */
  readonly services: Readonly<Record<string, unknown>>;
}
