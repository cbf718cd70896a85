/** What one exchange over HTTP may cost. */
export interface HttpLimits {
  /** Bytes of a request body. Default 16 MiB. */
  readonly requestBytes: number;
  /** Bytes of an answer, all events of its stream included. Default 64 MiB. */
  readonly responseBytes: number;
}

export const defaultHttpLimits: HttpLimits = { requestBytes: 16 * 2 ** 20, responseBytes: 64 * 2 ** 20 };
