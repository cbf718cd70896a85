import type { Checksum } from "./checksum.ts";
import type { LogState } from "./head.ts";

export interface LogOptions {
  readonly checksum: Checksum;
  /** Dead bytes that start a compaction once they are more than the live ones. */
  readonly compactBytes: number;
  /** Of a store that is not there yet. Default "live". */
  readonly state?: LogState;
  /** Opens a damaged store for reading; nothing can be written then. */
  readonly salvage?: boolean;
  /** A turn of the event loop. */
  pause(): Promise<void>;
  /** Runs `work` once; the answer cancels it. */
  later(ms: number, work: () => void): () => void;
}
