import { type ReplyFrame, type RequestFrame, replyOf, requestOf } from "../../wire/frames.ts";
import type { EngineRequest, StorageJob } from "../../wire/ops.ts";
import { failed } from "../../wire/outcome.ts";
import { leaderChanged, leaderHangs } from "./leader-changed.ts";
import { isRepeatable } from "./repeatable.ts";

interface Call {
  readonly frame: RequestFrame;
  readonly request: EngineRequest;
  /** When it was asked for, or asked again of another leader; of `performance.now`. */
  sinceMs: number;
  /** The leader may have begun it. */
  accepted: boolean;
}

/** What a tab has asked for and has no answer to yet, whoever leads. */
export class CallsInFlight {
  readonly #calls = new Map<number, Call>();
  /** Jobs on the store, which live in the engine that began them. */
  readonly #jobs = new Map<number, StorageJob["what"]>();

  add(frame: RequestFrame): void {
    this.#calls.set(frame[0], { frame, request: requestOf(frame), sinceMs: performance.now(), accepted: false });
  }

  /** Whether the call is still wanted; from now on it may have effects. */
  accept(id: number): boolean {
    const call = this.#calls.get(id);
    if (call) call.accepted = true;
    return call !== undefined;
  }

  /** Takes a call out. Undefined when there is none of that id any more. */
  take(id: number): EngineRequest | undefined {
    const call = this.#calls.get(id);
    this.#calls.delete(id);
    return call?.request;
  }

  /** A reply has come; false for one that nobody waits for. */
  answered(frame: ReplyFrame): boolean {
    const request = this.take(frame[0]);
    if (request?.op === "storage.begin") {
      const outcome = replyOf(frame);
      if (outcome.ok) this.#jobs.set(outcome.value as number, request.job.what);
    }
    if (request?.op === "storage.end") this.#jobs.delete(request.id);
    return request !== undefined;
  }

  /**
   * The leader is gone: answers for what it may have begun. What it had not begun, and what changes nothing, stays, to be sent
   * to the next one.
   */
  lost(): ReplyFrame[] {
    const replies: ReplyFrame[] = [];
    for (const [id, { request, accepted }] of this.#calls) {
      const job =
        request.op === "storage.step" || request.op === "storage.end" ? this.#jobs.get(request.id) : undefined;
      if (isRepeatable(request) || !(accepted || job)) continue;
      this.#calls.delete(id);
      replies.push([id, failed(leaderChanged(request.op, job === "check" || job === "backup"))]);
    }
    this.#jobs.clear();
    return replies;
  }

  /** What is asked of another leader now. */
  waiting(): RequestFrame[] {
    return [...this.#calls.values()].map((call) => {
      call.sinceMs = performance.now();
      return call.frame;
    });
  }

  get size(): number {
    return this.#calls.size;
  }

  /** Ids of those that wait for so long. */
  overdue(ms: number): number[] {
    const before = performance.now() - ms;
    return [...this.#calls].filter(([, { sinceMs }]) => sinceMs <= before).map(([id]) => id);
  }

  /** Takes a call out that the leader does not answer. */
  giveUp(id: number, store: string): ReplyFrame | undefined {
    const call = this.#calls.get(id);
    if (!call) return undefined;
    this.#calls.delete(id);
    const harmless = isRepeatable(call.request) || !call.accepted;
    return [id, failed(leaderHangs(store, call.request.op, harmless))];
  }

  clear(): void {
    this.#calls.clear();
  }
}
