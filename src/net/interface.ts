/**
 * One request to the network and its answer.
 * @module
 */
import type { HostCallbacks } from "../contract/contract.ts";

export type HttpFetch = NonNullable<HostCallbacks["fetch"]>;

export interface FetchRequest {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  readonly signal?: AbortSignal;
  /** "manual": a redirect is an answer like any other. A browser does not show it: there it is a `network_error`. */
  readonly redirect?: "follow" | "manual";
  /** Bytes so far and, when the server said, bytes in all; called for every piece of at most 64 KiB. */
  readonly onProgress?: (bytesDone: number, bytesTotal: number | null) => void;
}

export interface FetchAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** Where the answer came from after redirects; absent when the host's own fetch did not say. */
  readonly url?: string;
}
