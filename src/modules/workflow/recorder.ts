/**
 * Between a workflow run and its effects (host-modules.md §13): what is in the log is replayed, what follows is done and
 * recorded.
 * @module
 */
import type { LuaValue } from "../../lua/interface.ts";
import { fromUnknown, type LuaError, luaError } from "../definition/module-error.ts";
import type { EffectRecorder } from "../module-run.ts";
import {
  canonical,
  hashOf,
  type LogStore,
  logLine,
  type RecordedEffect,
  type RecordedOutcome,
  type RunHeader,
  readLog,
} from "./run-log.ts";

export interface RecorderOptions {
  readonly id?: string | undefined;
  readonly store: LogStore;
  /** Of a run that has no log yet. */
  readonly header: Omit<RunHeader, "format" | "startedAt">;
  /** Unix milliseconds. */
  readonly now: () => number;
  /** "replay": nothing is done that is not in the log. */
  readonly mode: "resume" | "replay";
}

export class WorkflowRecorder implements EffectRecorder {
  readonly #recorded: ReadonlyMap<number, RecordedEffect>;
  readonly #header: RunHeader;
  readonly #turns = new Map<number, () => void>();
  #random: () => number;
  #issued = 0;
  #size: number;
  #delivered = 0;
  #time: number;
  /** What ends the run, whatever its code does with the error. */
  failure: LuaError | undefined;

  constructor(private readonly options: RecorderOptions) {
    const text = options.store.read();
    this.#size = text?.length ?? 0;
    const { header, effects } = readLog(text);
    this.#recorded = effects;
    this.#header = header ?? { format: 1, ...options.header, startedAt: options.now() };
    if (!header) this.#append(this.#header);
    this.#time = this.#header.startedAt;
    this.#random = mulberry(this.#header.seed[0] ^ this.#header.seed[1]);
  }

  get seed(): readonly [number, number] {
    return this.#header.seed;
  }

  get id(): string {
    return this.options.id ?? "";
  }

  get length(): number {
    return this.#issued;
  }

  /** Characters of the log so far. */
  get size(): number {
    return this.#size;
  }

  now(): number {
    return this.#time;
  }

  random(): number {
    return this.#random();
  }

  async effect(op: string, data: unknown, perform: () => LuaValue | Promise<LuaValue>): Promise<LuaValue> {
    const recorded = this.#issue(op, data);
    if (recorded) {
      await this.#turn(recorded.doneSeq);
      this.#deliver(recorded);
      return settled(recorded.outcome);
    }
    const { seq, hash } = this.#last;
    let outcome: RecordedOutcome;
    let thrown: unknown;
    try {
      outcome = { ok: (await perform()) ?? null };
    } catch (error) {
      thrown = error;
      const { message, kind, retryable, details } = fromUnknown(error);
      outcome = {
        err: {
          message,
          kind,
          ...(retryable === undefined ? {} : { retryable }),
          ...(details === undefined ? {} : { details }),
        },
      };
    }
    const entry = {
      seq,
      op,
      hash,
      outcome,
      doneSeq: this.#delivered + 1,
      at: Math.max(this.#time, this.options.now()),
    };
    this.#append(entry);
    this.#deliver(entry);
    if ("err" in outcome) throw thrown;
    return outcome.ok;
  }

  /** The number of a change: recorded in new runs as `max`, in old logs that do not know the change `min`. */
  version(change: string, min: number, max: number): number {
    const next = this.#recorded.get(this.#issued + 1);
    const hash = hashOf(canonical({ change }));
    if (next && !(next.op === "workflow.version" && next.hash === hash)) return min;
    const recorded = this.#issue("workflow.version", { change });
    if (!recorded) {
      const { seq } = this.#last;
      const entry = {
        seq,
        op: "workflow.version",
        hash,
        outcome: { ok: max },
        doneSeq: this.#delivered + 1,
        at: this.#time,
      };
      this.#append(entry);
      this.#deliver(entry);
      return max;
    }
    this.#deliver(recorded);
    return Number("ok" in recorded.outcome ? recorded.outcome.ok : min);
  }

  /** At the end of the run: what is left over is a change of the code, too. */
  finish(): LuaError | undefined {
    if (this.failure) return this.failure;
    const unused = [...this.#recorded.keys()].filter((seq) => seq > this.#issued).length;
    if (unused === 0) return undefined;
    this.failure = luaError(`replay ended early: ${unused} recorded steps unused`, {
      kind: "Conflict",
      retryable: false,
    });
    return this.failure;
  }

  #last = { seq: 0, hash: "" };

  #append(value: RunHeader | RecordedEffect): void {
    const line = logLine(value);
    this.#size += line.length;
    this.options.store.append(line);
  }

  /** The recorded effect of the next step, or undefined when it has to be done. @throws LuaError when it is another one */
  #issue(op: string, data: unknown): RecordedEffect | undefined {
    if (this.failure) throw this.failure;
    const seq = ++this.#issued;
    const hash = hashOf(canonical(data));
    this.#last = { seq, hash };
    const recorded = this.#recorded.get(seq);
    if (recorded && recorded.op === op && recorded.hash === hash) return recorded;
    if (recorded) {
      throw this.#fail(`replay diverged at step ${seq}: recorded ${recorded.op}, got ${op}`, {
        recorded: { op: recorded.op, hash: recorded.hash },
        got: { op, hash, data: canonical(data).slice(0, 2000) },
      });
    }
    if (this.options.mode === "replay")
      throw this.#fail(`replay ends before step ${seq}: nothing is recorded for ${op}`, { got: { op } });
    return undefined;
  }

  #fail(message: string, details: Readonly<Record<string, LuaValue>>): LuaError {
    this.failure = luaError(message, { kind: "Conflict", retryable: false, details });
    return this.failure;
  }

  /** Waits until every effect that was delivered before this one has been. */
  #turn(doneSeq: number): Promise<void> | undefined {
    if (this.#delivered >= doneSeq - 1) return undefined;
    return new Promise((resolve) => this.#turns.set(doneSeq, resolve));
  }

  #deliver({ doneSeq, at }: Pick<RecordedEffect, "doneSeq" | "at">): void {
    this.#delivered = Math.max(this.#delivered, doneSeq);
    this.#time = Math.max(this.#time, at);
    const next = this.#turns.get(this.#delivered + 1);
    this.#turns.delete(this.#delivered + 1);
    next?.();
  }
}

function settled(outcome: RecordedOutcome): LuaValue {
  if ("ok" in outcome) return outcome.ok;
  const { message, kind, retryable, details } = outcome.err;
  throw luaError(message, { kind, retryable, details: details as LuaError["details"] });
}

/** A small generator with 32 bits of state: the same seed gives the same numbers everywhere. */
function mulberry(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let value = Math.imul(state ^ (state >>> 15), state | 1);
    value ^= value + Math.imul(value ^ (value >>> 7), value | 61);
    return ((value ^ (value >>> 14)) >>> 0) / 2 ** 32;
  };
}
