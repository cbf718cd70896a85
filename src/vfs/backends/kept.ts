import type { CommitBatch, VfsBackend } from "../interface.ts";

/**
 * Memory that outlives its engine: each commit is given to whoever started it, who gives all of them to the engine that
 * replaces this one.
 */
export class KeptBackend implements VfsBackend {
  readonly kind = "memory";

  constructor(
    private readonly kept: ReadonlyArray<readonly [string, unknown]>,
    private readonly keep: (batch: CommitBatch) => void,
  ) {}

  load(): Promise<Array<readonly [string, unknown]>> {
    return Promise.resolve([...this.kept]);
  }

  commit(batch: CommitBatch): Promise<void> {
    this.keep(batch);
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
