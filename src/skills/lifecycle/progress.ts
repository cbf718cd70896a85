/**
 * Progress events of install and update (spec engine.md §8.10).
 * @module
 */
import type { ProgressEvent } from "../../contract/contract.ts";
import type { LifecycleAction, Plane } from "./caller.ts";

export interface ProgressSource {
  readonly type: string;
  readonly locator: string | null;
}

export interface ProgressSubject {
  readonly plane: Plane;
  readonly action: LifecycleAction;
  readonly skillId: string;
  readonly rootName: string | null;
  /** Unix milliseconds. */
  readonly startedAt: number;
}

export class Progress {
  readonly #emit: (event: ProgressEvent) => void;
  readonly #subject: ProgressSubject;
  readonly #operationId: string;
  #sequence = 0;

  constructor(emit: (event: ProgressEvent) => void, subject: ProgressSubject) {
    this.#emit = emit;
    this.#subject = subject;
    const id = subject.skillId.replace(/[^A-Za-z0-9_-]/g, "_");
    this.#operationId = `skill-${subject.action.toLowerCase()}-${id}-${Math.trunc(subject.startedAt)}`;
  }

  phase(phase: string, status: string, message: string | null, source?: ProgressSource): void {
    this.#send(phase, status, message, source, null, null);
  }

  /** Called for every piece of a download, of at most 64 KiB. */
  downloading(done: number, total: number | null, source: ProgressSource): void {
    this.#send("downloading_archive", "progress", null, source, done, total);
  }

  #send(
    phase: string,
    status: string,
    message: string | null,
    source: ProgressSource | undefined,
    done: number | null,
    total: number | null,
  ): void {
    this.#sequence += 1;
    this.#emit({
      operation_id: this.#operationId,
      sequence: this.#sequence,
      plane: this.#subject.plane,
      action: this.#subject.action,
      phase,
      status,
      skill_id: this.#subject.skillId,
      root_name: this.#subject.rootName,
      source_type: source?.type ?? null,
      source_locator: source?.locator ?? null,
      bytes_done: done,
      bytes_total: total,
      percent: done !== null && total !== null && total > 0 ? Math.min(100, (done / total) * 100) : null,
      message,
    });
  }
}
