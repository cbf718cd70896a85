import type { StorageStep } from "../../wire/ops.ts";

export type Step = Omit<StorageStep, "finished">;

/** Long work on the store: what it gives between its steps, and takes (pieces of what is restored). */
export type Job = AsyncGenerator<Step, Step, Uint8Array | undefined>;

export interface RunningJob {
  readonly job: Job;
  /** Lets the engine go. Idempotent. */
  end(): void;
  /** Somebody still wants it. */
  touch(): void;
}
