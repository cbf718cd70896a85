/**
 * What a call has used, and what an engine holds.
 * @module
 */
export interface Usage {
  /** Milliseconds from the beginning to the end. */
  readonly ms: number;
  /** Of these, the ones in which Lua and what it called at once ran: what `limits.runMs` counts. */
  readonly runMs: number;
  /** The rest: waits for others, for the host, for a free VM. */
  readonly waitMs: number;
  readonly instructions: number;
  readonly peakBytes: number;
  /** Bytes it wrote to files and databases, on their way there: what replaces itself counts each time. */
  readonly bytesWritten: number;
  /** Rows that SQL gave it or changed for it. */
  readonly sqlRows: number;
}

/** Bytes an engine holds; what JavaScript keeps beside them is not counted. */
export interface EngineMemory {
  /** Linear memories of the VMs. */
  readonly vms: number;
  /** SQLite's linear memory and the vectors'. */
  readonly databases: number;
  /** Files that are in memory. */
  readonly files: number;
}
