/**
 * One use of a VM, as the engine keeps it: identity, limits, output. Nested uses (vulcan.call across VMs, luaexec) derive
 * from it and share what is counted.
 * @module
 */
import type { ModuleRunOptions } from "../../contract/contract.ts";
import type { Usage } from "../../contract/usage.ts";
import type { HostRun } from "../../host/run.ts";
import type { AbortWatch, HostCallContext, RunUsage, StopReason } from "../../lua/interface.ts";
import type { SecurityContext } from "../../policy/decide.ts";
import type { Refusal, Shortage } from "../../policy/refusal.ts";

/** So much of an error is told even when a run has used up its output. */
const leastErrorText = 2000;

export interface RunOrigin {
  readonly requestId?: number | undefined;
  readonly signal?: AbortWatch | undefined;
  /** Milliseconds; 0 or Infinity: no limit. */
  readonly timeoutMs: number;
  /** Budget units; 0: no limit. */
  readonly instructions: number;
  /** Milliseconds of running; 0: no limit. */
  readonly runMs: number;
  readonly outputBytes: number;
  readonly modules?: ModuleRunOptions | undefined;
  /** What the request is about, where chance has to come from it. */
  readonly input?: unknown;
}

/** A limit of one run within its request, with the text of the Lua error when it is the one that passes. */
interface TimeLimit {
  readonly timeoutMs: number;
  readonly message: string;
}

/** On whose behalf modules act, and what they are told; for nested runs it is the caller's unless the caller chose. */
export interface ActingFor {
  readonly security: SecurityContext;
  readonly ctx: Readonly<Record<string, unknown>>;
}

/** What all VMs of one request count together. */
interface Totals {
  instructions: number;
  ranMs: number;
  readonly runMs: number;
  peakBytes: number;
  bytesWritten: number;
  sqlRows: number;
  readonly deadline: number;
  /** The place of the request in the pool of VMs; the VMs of nested runs have none of their own. */
  slot: { pause(): () => void } | undefined;
  /** A limit of the whole request ended a run below this one. */
  stopped: StopReason | undefined;
  /** What was refused last. */
  refusal: Refusal | Shortage | undefined;
}

export class RunState implements HostRun {
  readonly requestId: number | undefined;
  readonly signal: AbortWatch | undefined;
  readonly depth: number;
  readonly captured: string[] | undefined;
  readonly output: { left: number };
  /** The current directory of this run and those below it; undefined: the engine's. */
  readonly directory: string | undefined;
  /** What the request says about host modules; nested runs act under the same security. */
  readonly modules: ModuleRunOptions | undefined;
  readonly input: unknown;
  acting: ActingFor | undefined;
  /** What it says about modules is about its own code, though another run started it. */
  isSnippet = false;
  /** Memory of the VMs of the runs above this one. */
  above = 0;
  /** The entries its code may call; undefined: all. What these call is their affair. */
  mayCall: ReadonlySet<string> | undefined;
  readonly #instructionLimit: number;
  readonly #totals: Totals;
  #deadline: number;
  #timeoutMessage: string;
  #ownLimit: TimeLimit | undefined;
  /** Milliseconds of running it may have, and how far the count of its request may go until then. */
  #runMs: number;
  #runEnd: number;
  /** The running program that waits for this one, and the state of its run. */
  #waits: { readonly run: HostCallContext; readonly state: RunState } | undefined;

  private constructor(fields: {
    requestId: number | undefined;
    signal: AbortWatch | undefined;
    depth: number;
    deadline: number;
    captured: string[] | undefined;
    output: { left: number };
    directory: string | undefined;
    instructionLimit: number;
    totals: Totals;
    timeoutMessage: string;
    ownLimit?: TimeLimit | undefined;
    modules: ModuleRunOptions | undefined;
    input: unknown;
  }) {
    this.modules = fields.modules;
    this.input = fields.input;
    this.requestId = fields.requestId;
    this.signal = fields.signal;
    this.depth = fields.depth;
    this.#deadline = fields.deadline;
    this.captured = fields.captured;
    this.output = fields.output;
    this.directory = fields.directory;
    this.#timeoutMessage = fields.timeoutMessage;
    this.#ownLimit = fields.ownLimit;
    this.#instructionLimit = fields.instructionLimit;
    this.#totals = fields.totals;
    this.#runMs = fields.totals.runMs;
    this.#runEnd = this.#runMs;
  }

  static start(origin: RunOrigin): RunState {
    const timeout = origin.timeoutMs > 0 ? origin.timeoutMs : Number.POSITIVE_INFINITY;
    const deadline = performance.now() + timeout;
    return new RunState({
      requestId: origin.requestId,
      signal: origin.signal,
      depth: 0,
      deadline,
      captured: undefined,
      output: { left: origin.outputBytes },
      directory: undefined,
      instructionLimit: origin.instructions > 0 ? origin.instructions : Number.POSITIVE_INFINITY,
      totals: {
        instructions: 0,
        ranMs: 0,
        runMs: origin.runMs > 0 ? origin.runMs : Number.POSITIVE_INFINITY,
        peakBytes: 0,
        bytesWritten: 0,
        sqlRows: 0,
        deadline,
        slot: undefined,
        stopped: undefined,
        refusal: undefined,
      },
      timeoutMessage: `time limit of ${timeout} ms exceeded`,
      modules: origin.modules,
      input: origin.input,
    });
  }

  /** The state of a run started by this one; the earlier of both deadlines counts. */
  derive(changes: {
    signal?: AbortWatch;
    limit?: TimeLimit;
    deeper?: boolean;
    captured?: string[];
    directory?: string | undefined;
    acting?: ActingFor;
    /** The run that waits for it. */
    waits?: HostCallContext;
    /** Its code has these modules instead (`eval_runner`). */
    modules?: ModuleRunOptions;
    /** Of its own, in milliseconds. */
    runMs?: number | undefined;
  }): RunState {
    const derived = new RunState({
      requestId: this.requestId,
      signal: changes.signal ?? this.signal,
      depth: this.depth + (changes.deeper ? 1 : 0),
      deadline: this.#deadline,
      captured: changes.captured ?? this.captured,
      output: this.output,
      directory: changes.directory ?? this.directory,
      instructionLimit: this.#instructionLimit,
      totals: this.#totals,
      timeoutMessage: this.#timeoutMessage,
      ownLimit: changes.limit,
      modules: changes.modules ?? this.modules,
      input: this.input,
    });
    derived.isSnippet = changes.modules !== undefined;
    derived.acting = changes.acting ?? this.acting;
    const { waits, runMs = 0 } = changes;
    derived.#waits = waits ? { run: waits, state: this } : this.#waits;
    derived.#runMs = this.#runMs;
    // What runs above is counted when it ends.
    derived.#runEnd = this.#runEnd - (waits?.ranMs ?? 0);
    const own = this.#totals.ranMs + runMs;
    if (runMs > 0 && own < derived.#runEnd) {
      derived.#runMs = runMs;
      derived.#runEnd = own;
    }
    return derived;
  }

  /** Its code is about to run: until now it waited for a VM, which its own limit does not count. */
  begins(): void {
    if (this.#ownLimit === undefined) return;
    const { timeoutMs, message } = this.#ownLimit;
    this.#ownLimit = undefined;
    const own = performance.now() + timeoutMs;
    if (own >= this.#deadline) return;
    this.#deadline = own;
    this.#timeoutMessage = message;
  }

  /** On the monotonic clock, which an injected clock does not move. */
  get deadline(): number {
    return this.#deadline;
  }

  /** Text of the Lua error at the deadline. */
  get timeoutMessage(): string {
    return this.#timeoutMessage;
  }

  /** Milliseconds until the deadline, at least one so that a late run still stops by its guard. */
  get timeLeft(): number {
    return Math.max(1, this.deadline - performance.now());
  }

  /** At least one, as {@link timeLeft}. */
  get runMsLeft(): number {
    return Math.max(1, this.#runEnd - this.#totals.ranMs);
  }

  /** Text of the Lua error when the running time is used up. */
  get runMessage(): string {
    return `running time of ${this.#runMs} ms exceeded (limits.runMs)`;
  }

  get instructionsLeft(): number {
    return Math.max(1, this.#instructionLimit - this.#totals.instructions);
  }

  /** The limit of the request that ended a nested run: what follows in the runs above is its consequence. */
  get stopped(): StopReason | undefined {
    return this.#totals.stopped;
  }

  /** The request has a VM of the pool. */
  holds(slot: { pause(): () => void }): void {
    if (this.depth === 0) this.#totals.slot = slot;
  }

  /** Waits for the host without the slot: what is waited for may need one. */
  async whileWaiting<T>(work: () => Promise<T>): Promise<T> {
    const resume = this.#totals.slot?.pause();
    try {
      return await work();
    } finally {
      resume?.();
    }
  }

  /** The text of an error as far as the output of the run has room for it. */
  spoken(text: string): string {
    const room = Math.max(leastErrorText, this.output.left);
    this.output.left -= Math.min(text.length, room);
    if (text.length <= room) return text;
    return `${text.slice(0, room)}… (${text.length - room} characters more; limits.outputBytes)`;
  }

  /** A nested run was stopped. Limits of a part (a luaexec, one VM's memory) do not end the request. */
  stop(reason: StopReason): void {
    const { deadline, runMs } = this.#totals;
    const whole =
      reason === "deadline_exceeded"
        ? this.deadline === deadline && this.#runMs === runMs
        : reason !== "memory_exceeded";
    if (whole) this.#totals.stopped ??= reason;
  }

  refused(refusal: Refusal | Shortage): void {
    this.#totals.refusal = refusal;
  }

  get refusal(): Refusal | Shortage | undefined {
    return this.#totals.refusal;
  }

  count(usage: RunUsage): void {
    this.#totals.instructions += usage.instructions;
    this.#totals.ranMs += usage.runMs;
    for (let waits = this.#waits; waits; waits = waits.state.#waits) waits.run.runMs -= usage.runMs;
    this.#totals.bytesWritten += usage.bytesWritten;
    this.#totals.sqlRows += usage.sqlRows;
    this.#totals.peakBytes = Math.max(this.#totals.peakBytes, usage.peakBytes);
  }

  usage(ms: number): Usage {
    const { instructions, peakBytes, ranMs, bytesWritten, sqlRows } = this.#totals;
    const runMs = Math.min(ms, ranMs);
    return { ms, runMs, waitMs: ms - runMs, instructions, peakBytes, bytesWritten, sqlRows };
  }
}
