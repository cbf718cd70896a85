/** Integers beyond 2^53 are bigints; text that is not UTF-8 is `undefined`. */
export type Cell = null | number | bigint | string | undefined | Uint8Array;
