/**
 * Modules in one VM: its objects, the calls under way, completions nobody has taken yet. Furnished once, used run after
 * run.
 * @module
 */
import { inParts } from "../../base/in-parts.ts";
import { keptBytes } from "../../base/values/kept-copy.ts";
import type { HostCallContext, LuaFunctionRef, LuaReader, LuaValue, LuaVm } from "../../lua/interface.ts";
import { LuaResults } from "../../lua/interface.ts";
import type { FeedSource, LogLevel, YieldSpec } from "../definition/interface.ts";
import { fromUnknown, luaError } from "../definition/module-error.ts";
import type { ModuleEnvironment, ModuleRun } from "../module-run.ts";
import { CallSignals } from "./call-signals.ts";
import { Conversation } from "./conversation.ts";
import type { ModuleCall } from "./module-call.ts";
import { ObjectTable } from "./object-table.ts";
import { ValueCodec } from "./value-codec.ts";

/** An error object that left a program, as the host reports it. */
export interface RaisedError {
  readonly traceback: string;
  /** Absent: what was raised is no error object. */
  readonly facts?: { readonly kind: string; readonly retryable: boolean | undefined; readonly details: LuaValue };
}

/** Under way at once: JavaScript holds each of them for the VM. A feed (a timer) takes longer to end. */
const mostStarted = 4096;
const mostFeeds = 1024;
/** Values of feeds that have arrived and that Lua has not taken yet, and what they take together. */
const mostArrived = 2 ** 16;
const mostArrivedBytes = 32 * 2 ** 20;

interface Arrived {
  readonly results: LuaResults;
  readonly bytes: number;
}

interface Operation {
  cancel(): void;
}

export class ModuleVm {
  readonly objects: ObjectTable;
  readonly codec: ValueCodec;
  readonly signals = new CallSignals();
  /** Set by the run that failed last. */
  raised: RaisedError | undefined;
  /** Calls that go on, by tag, and how much of each does: its function, and what that feeds. */
  readonly #calls = new Map<number, { readonly call: ModuleCall; uses: number }>();
  /** Operations that were started beside their coroutine, by tag. */
  readonly #started = new Map<number, Operation>();
  #feeds = 0;
  readonly #owed = new Set<() => void>();
  readonly #conversations = new Map<number, Conversation>();
  #arrived: Arrived[] = [];
  #arrivedBytes = 0;
  #wake: (() => void) | undefined;
  #packed = false;
  #lastTag = 0;
  /** Counts runs: what a run left behind must not reach the next one. */
  #generation = 0;
  #run: ModuleRun | undefined;
  #running = false;
  #through: LuaFunctionRef | undefined;

  constructor(
    readonly vm: LuaVm,
    readonly environment: ModuleEnvironment,
    secret: string,
  ) {
    this.objects = new ObjectTable((thrown) => this.log("error", `dispose failed: ${String(thrown)}`));
    this.codec = new ValueCodec(secret, this.objects, environment.valueDepth);
  }

  /** What marked results go through. */
  get through(): LuaFunctionRef {
    this.#through ??= this.vm.exported("modules.through");
    return this.#through;
  }

  runOf(): ModuleRun {
    this.#run ??= this.environment.runOf(this.vm);
    return this.#run;
  }

  log(level: LogLevel, text: string): void {
    this.environment.log(level, text, this.vm);
  }

  nextTag(): number {
    return ++this.#lastTag;
  }

  /** Lua says that the next call's arguments are packed. */
  packedNext(): void {
    this.#packed = true;
  }

  takePacked(): boolean {
    const packed = this.#packed;
    this.#packed = false;
    return packed;
  }

  // ── calls ──────────────────────────────────────────────────────────────────────────────────────────────────────

  opened(call: ModuleCall): void {
    const open = this.#calls.get(call.tag);
    if (open) open.uses++;
    else this.#calls.set(call.tag, { call, uses: 1 });
  }

  closed(call: ModuleCall): void {
    const open = this.#calls.get(call.tag);
    if (open && --open.uses > 0) return;
    call.finish();
    this.#calls.delete(call.tag);
  }

  /** A yield has to be released exactly once, whatever becomes of its run. */
  owe(spec: YieldSpec): () => void {
    const release = () => {
      if (!this.#owed.delete(release)) return;
      try {
        spec.release?.();
      } catch (thrown) {
        this.log("error", `release of ${spec.toString?.() ?? spec.commandId} failed: ${String(thrown)}`);
      }
    };
    this.#owed.add(release);
    return release;
  }

  converse(): Conversation {
    const conversation = new Conversation(this.codec, this.nextTag());
    this.#conversations.set(conversation.ticket, conversation);
    return conversation;
  }

  conclude(conversation: Conversation, results: LuaResults): void {
    conversation.finish(results);
    this.#conversations.delete(conversation.ticket);
  }

  /** What a Lua function answered to a handler; the handler's next turn. */
  answer(args: LuaReader): Promise<LuaResults> | LuaResults {
    this.takePacked();
    const conversation = this.#conversations.get(args.number(1));
    if (!conversation) return new LuaResults([]);
    conversation.answered(args);
    return conversation.next();
  }

  // ── beside their coroutine ─────────────────────────────────────────────────────────────────────────────────────

  /** Starts what `begin` begins; answers its tag, or the results when they are there already. */
  start(
    begin: (args: LuaReader, context: HostCallContext) => Promise<LuaResults> | LuaResults,
    args: LuaReader,
    context: HostCallContext,
  ): LuaResults | number {
    if (this.#started.size >= mostStarted) return this.codec.failure(tooMany(mostStarted, "operations"));
    const before = this.#lastTag;
    const begun = begin(args, context);
    if (!(begun instanceof Promise)) {
      return this.codec.marks(begun) ? begun : new LuaResults([this.codec.secret, "values", ...begun.values]);
    }
    const tag = this.nextTag();
    const generation = this.#generation;
    this.#started.set(tag, { cancel: () => this.cancelCalls(before + 1, tag) });
    void begun
      .catch((thrown: unknown) => this.codec.failure(fromUnknown(thrown)))
      .then((results) => {
        if (this.#generation !== generation || !this.#started.delete(tag)) return;
        this.push(tag, results);
      });
    return tag;
  }

  /** Values of a source come with `next`, under the tag answered. @throws LuaError `Unavailable` when there are too many */
  openFeed(source: FeedSource, call: ModuleCall): number {
    if (this.#feeds >= mostFeeds) throw tooMany(mostFeeds, "timers and feeds");
    const tag = this.nextTag();
    let stop: (() => void) | undefined;
    let over = false;
    this.opened(call);
    this.#feeds++;
    const generation = this.#generation;
    const finish = () => {
      if (over) return;
      over = true;
      if (this.#generation === generation) this.#feeds--;
      this.closed(call);
    };
    this.#started.set(tag, {
      cancel: () => {
        stop?.();
        // What only feeds this has nothing left to wait for.
        if ((this.#calls.get(call.tag)?.uses ?? 1) === 1) call.cancel();
        finish();
      },
    });
    const end = (how: LuaValue) => {
      finish();
      if (this.#started.delete(tag)) this.push(tag, new LuaResults([how]));
    };
    const answered = source({
      push: (value) => {
        if (over || !this.#started.has(tag)) return false;
        const { values } = this.codec.results([value]);
        const bytes = keptBytes(values);
        if (this.#arrived.length >= mostArrived || this.#arrivedBytes + bytes > mostArrivedBytes) return false;
        this.push(tag, new LuaResults([false, ...values]), bytes);
        return true;
      },
      end: () => end(true),
      close: () => end("close"),
    });
    if (answered) stop = answered;
    return tag;
  }

  /** Lua takes no more of it. */
  cancel(tag: number): boolean {
    const operation = this.#started.get(tag);
    this.#started.delete(tag);
    operation?.cancel();
    return operation !== undefined;
  }

  private cancelCalls(first: number, last: number): void {
    for (let tag = first; tag <= last; tag++) this.#calls.get(tag)?.call.cancel();
  }

  private push(tag: number, { values }: LuaResults, bytes = 0): void {
    this.#arrived.push({ results: new LuaResults([tag, ...values]), bytes });
    this.#arrivedBytes += bytes;
    this.#wake?.();
    this.#wake = undefined;
  }

  get hasArrived(): boolean {
    return this.#arrived.length > 0;
  }

  /** The next completion. */
  next(): Promise<LuaResults> | LuaResults {
    return (
      this.#take() ??
      new Promise((resolve) => {
        this.#wake = () => resolve(this.#take() ?? new LuaResults([]));
      })
    );
  }

  #take(): LuaResults | undefined {
    const first = this.#arrived.shift();
    this.#arrivedBytes -= first?.bytes ?? 0;
    return first?.results;
  }

  // ── runs ───────────────────────────────────────────────────────────────────────────────────────────────────────

  /** The main function of a run is about to be called. */
  beginRun(): void {
    this.raised = undefined;
    if (this.#running) return;
    this.#running = true;
    this.#run = undefined;
    this.objects.keeping = false;
  }

  /** The VM is furnished; the run it was made for has not begun. */
  furnished(): void {
    this.#run = undefined;
  }

  /** The VM is gone. */
  close(): void {
    this.endRun();
    this.objects.disposeAll(true);
  }

  /** What was under way ends: handlers are told (thousands of them in parts), yields released, objects disposed of. Idempotent. */
  endRun(): void {
    const ending = [...this.#started.values(), ...[...this.#calls.values()].map(({ call }) => call)];
    this.#generation++;
    this.#run = undefined;
    this.#running = false;
    this.#started.clear();
    this.#calls.clear();
    this.#feeds = 0;
    void inParts(ending, (each) => {
      try {
        each.cancel();
      } catch (thrown) {
        this.log("error", `the end of an operation failed: ${String(thrown)}`);
      }
    });
    for (const release of [...this.#owed]) release();
    this.#conversations.clear();
    this.#arrived = [];
    this.#arrivedBytes = 0;
    this.#wake = undefined;
    this.#packed = false;
    this.objects.disposeAll();
  }

  /** What is not over: for leak checks. */
  get open(): { readonly calls: number; readonly yields: number; readonly objects: number; readonly started: number } {
    return {
      calls: this.#calls.size,
      yields: this.#owed.size,
      objects: this.objects.size,
      started: this.#started.size,
    };
  }
}

const tooMany = (most: number, what: string) =>
  luaError(`more than ${most} ${what} are under way; wait for some, or stop them`, {
    kind: "Unavailable",
    retryable: true,
  });
