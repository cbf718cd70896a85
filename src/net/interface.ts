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
  /** Bytes so far and, when the server said, bytes in all; called for every piece of at most 64 KiB. */
  readonly onProgress?: (bytesDone: number, bytesTotal: number | null) => void;
}

export interface FetchAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}
