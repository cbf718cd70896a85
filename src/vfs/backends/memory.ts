/**
 * A backend in memory: for tests and for hosts that keep the records elsewhere. What was committed outlives the stores
 * opened over it, as a disk would.
 * @module
 */
import type { CommitBatch, VfsBackend } from "../interface.ts";

export class MemoryBackend implements VfsBackend {
  readonly kind = "memory";
  readonly records = new Map<string, unknown>();
  /** When set, runs before each commit; throwing makes that commit fail with nothing stored. */
  beforeCommit: ((batch: CommitBatch) => void | Promise<void>) | undefined;

  load(): Promise<Array<readonly [string, unknown]>> {
    return Promise.resolve([...this.records].map(([key, value]) => [key, structuredClone(value)] as const));
  }

  async commit(batch: CommitBatch): Promise<void> {
    await this.beforeCommit?.(batch);
    const puts = batch.puts.map(([key, value]) => [key, structuredClone(value)] as const);
    for (const key of batch.deletes) this.records.delete(key);
    for (const [key, value] of puts) this.records.set(key, value);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
