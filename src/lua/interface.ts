/**
 * The Lua room as the rest of the house sees it. Nothing outside `src/lua` touches a lua_State or knows wasmoon.
 * @module
 */
import type { PlainValue } from "../base/plain-value.ts";
import type { Payer, Tally } from "../base/work.ts";
import type { WaitingStrategy } from "../contract/contract.ts";

export type { WaitingStrategy };

/**
 * What crosses by value. Into Lua: null/undefined → nil (an absent member, a hole), safe integers → integer, other
 * numbers → float, bigint → integer (must fit 64 bits), string → UTF-8, Uint8Array → a byte string, arrays → sequence,
 * plain objects → string-keyed table. Anything else is refused.
 */
export type LuaValue = PlainValue;

/** vulcan-api.md §1.3. `integer` is any number whose value is integral and fits in signed 64 bits. */
export type LuaTypeWord =
  | "nil"
  | "boolean"
  | "lightuserdata"
  | "integer"
  | "number"
  | "string"
  | "table"
  | "function"
  | "thread"
  | "userdata";

/** Reads Lua values in place: the arguments of a host call or the results of a run. Indices are 1-based; out of range is nil. Valid only until the host function returns or first awaits. */
export interface LuaReader {
  readonly count: number;
  type(index: number): LuaTypeWord;
  boolean(index: number): boolean;
  /** A Lua number as a JavaScript number (integers beyond 2^53 lose precision); NaN when it is not a number. No string coercion. */
  number(index: number): number;
  /** The text of a string, or undefined when it is not a string or not valid UTF-8. */
  text(index: number): string | undefined;
  /** A copy of a string's bytes; empty when it is not a string. */
  bytes(index: number): Uint8Array;
  /** As {@link bytes}, but where they lie: only until anything is done with the VM. */
  view(index: number): Uint8Array;
  /** Deep copy by the walker: sequences → arrays, integers beyond 2^53 → bigint, invalid UTF-8 strings → Uint8Array. Throws `LuaValueError` for functions, threads, userdata, cycles and too deep nesting. */
  value(index: number): LuaValue;
  /** Compact JSON text by the rules of vulcan-api.md §2.1 (sorted keys, `[]` for empty, NaN → null, …). Throws `LuaValueError` with the exact text of §2.1. */
  json(index: number): string;
  /** vulcan-api.md §1.7 inline rendering. */
  inline(index: number): string;
}

/** Raised by {@link LuaReader.value} and {@link LuaReader.json}; the message is the conversion text of vulcan-api.md §2.1. */
export class LuaValueError extends Error {
  override readonly name = "LuaValueError";
  constructor(
    message: string,
    /** What some callers take in their own way. */
    readonly what?: "cycle" | "userdata",
  ) {
    super(message);
  }
}

/** Several results at once (or none): `return results(null, "text", 2)`. */
export class LuaResults {
  constructor(
    readonly values: readonly LuaValue[],
    /** Called in Lua with the values: what it answers or raises is the result. Only for functions that do not wait. */
    readonly through?: LuaFunctionRef,
  ) {}
}
export const results = (...values: LuaValue[]): LuaResults => new LuaResults(values);

/** Thrown by a host function to raise a Lua error whose value is exactly `message` (no position prefix, vulcan-api.md §1.2) or a table. Any other exception is raised with its message. */
export class LuaRaise extends Error {
  override readonly name = "LuaRaise";
  constructor(
    message: string,
    readonly value: LuaValue = message,
  ) {
    super(message);
  }
}

/** A host function that answers at once. */
export type HostFunction = (args: LuaReader, context: HostCallContext) => LuaValue | LuaResults;
/** A host function that may wait: looks synchronous to Lua under both waiting strategies. Read all arguments before the first await. */
export type WaitingHostFunction = (
  args: LuaReader,
  context: HostCallContext,
) => Promise<LuaValue | LuaResults> | LuaValue | LuaResults;
export type HostFunctionSpec =
  | HostFunction
  | {
      readonly waits: WaitingHostFunction;
      /**
       * It answers at once more often than not and looks at {@link HostCallContext.mayWaitHere} before it starts what
       * takes time. Without this it is not even called where it could not wait: nobody would hear what became of it.
       */
      readonly mayAnswerAtOnce?: true;
    };

export interface HostCallContext extends Payer {
  readonly vm: LuaVm;
  /** Aborts when the run is stopped, its deadline passes or its caller gives up. */
  readonly signal: AbortSignal;
  /** False where Lua cannot be suspended: a host function that waits gives up with {@link CANNOT_WAIT} there. */
  readonly mayWaitHere: boolean;
  /** Milliseconds this run has run up to its last pause. */
  readonly ranMs: number;
  /** Milliseconds it may run; what it has others run for it takes from them. Infinity: no limit. */
  runMs: number;
}

/** What a wait inside a C function raises. The stock text comes first: programs look for it. */
export const CANNOT_WAIT =
  "attempt to yield across a C-call boundary: this host call has to wait, and Lua cannot be suspended here " +
  "(inside a callback of a C function, a finaliser or code that must not wait)";

/** Functions handed to a Lua prelude. */
export type HostFunctions = Readonly<Record<string, HostFunctionSpec>>;

/** How a VM is made: Lua chunks run in order on a fresh sandboxed state, before any skill code. */
export interface Prelude {
  /** Chunk name shown in tracebacks, e.g. `=vulcan.fs`. */
  readonly name: string;
  /**
   * Lua source. Called as `chunk(host, primitives)`: `host` is a table of the host functions below (they raise on error),
   * `primitives` the unsandboxed tools that must not leak into user code: `debug` (the whole library), `load` (also
   * bytecode), `setmetatable` (also `__gc`), `coroutine` (as Lua has it), `newuserdata(metatable, ...)` → full userdata with the rest as its
   * user values (with two of them it compares with nil and numbers as the second does),
   * `exports` (a table: what is put in there is found by {@link LuaVm.exported}). User code cannot look into the
   * functions of this chunk by `debug.getinfo` or `debug.getupvalue`.
   */
  readonly source: string;
  readonly functions?: HostFunctions;
}

/** A compiled function kept in the VM's registry. Release it, or close the VM. */
export interface LuaFunctionRef {
  release(): void;
}

export type StopReason = "deadline_exceeded" | "budget_exceeded" | "memory_exceeded" | "aborted";

/** What a run needs of an AbortSignal. A host need not make a real one for runs that never wait. */
export interface AbortWatch {
  readonly aborted: boolean;
  addEventListener(type: "abort", listener: () => void): void;
  removeEventListener(type: "abort", listener: () => void): void;
}

export interface RunOptions {
  /** On performance.now()'s scale, which may be past already; Infinity or absent: no limit. */
  readonly deadline?: number;
  /** Text of the Lua error at the deadline (luaexec needs its own). */
  readonly timeoutMessage?: string;
  /** Budget units (back jumps, calls, C loop turns): the deadline where the clock stands still. */
  readonly instructions?: number;
  readonly signal?: AbortWatch | undefined;
  /** Milliseconds it may run, waits not counted; Infinity or absent: no limit. */
  readonly runMs?: number;
  /** Text of the Lua error when `runMs` are over. */
  readonly runMessage?: string;
  /**
   * Milliseconds it runs at a time: then the thread takes a turn of its event loop, so that messages are heard and other
   * runs go on. Absent or 0: it keeps the thread.
   */
  readonly sliceMs?: number;
  /**
   * A program that the deadline ended by an error through its own stack leaves the VM usable. For sessions whose globals
   * outlive a timeout; what the program was in the middle of is as it is after any error. Default false.
   */
  readonly keepAfterDeadline?: boolean;
}

/** A failed run. `kind` "stopped" means the guard ended it and the VM is broken; discard it. */
export class LuaRunError extends Error {
  override readonly name = "LuaRunError";
  constructor(
    readonly kind: "syntax" | "runtime" | "stopped",
    /** The error value as text (tostring semantics), without host prefix. */
    message: string,
    readonly details: {
      traceback?: string;
      reason?: StopReason;
      value?: LuaValue;
      /** Its arguments are no Lua data: nothing has run. */
      refused?: boolean;
    } = {},
  ) {
    super(message);
  }
  /** vulcan-api.md §1.2: `runtime error: <text>` or `syntax error: <text>`, followed by the traceback when there is one. */
  hostText(): string {
    const head = `${this.kind === "syntax" ? "syntax" : "runtime"} error: ${this.message}`;
    return this.details.traceback ? `${head}\n${this.details.traceback}` : head;
  }
}

export interface RunUsage extends Readonly<Tally> {
  /** Wall milliseconds. */
  readonly ms: number;
  /** Of these, the ones it ran: neither waited nor gave way to others. */
  readonly runMs: number;
  /** Budget units used; 0 when the wasm is not metered. */
  readonly instructions: number;
  /** Bytes of the VM's linear memory. */
  readonly peakBytes: number;
}

/** One sandboxed Lua state in a wasm instance of its own. One run at a time; nested runs on another VM are fine. */
export interface LuaVm {
  readonly id: number;
  /** False after a stop, a trap or close(): only close() is left. */
  readonly usable: boolean;
  readonly memoryBytes: number;
  /** From now on it may have so many bytes of linear memory. */
  limitMemory(bytes: number): void;
  /** Usage of the last run. */
  readonly usage: RunUsage;
  /** Compiles text (never bytecode). @throws LuaRunError kind "syntax" */
  compile(source: string | Uint8Array, chunkName: string): LuaFunctionRef;
  /** Runs one more prelude, also while a run of this VM waits. @throws LuaRunError when it does not compile or fails */
  install(prelude: Prelude): void;
  /** A function a prelude has left in `primitives.exports`, by name or dotted path; else a global. @throws LuaSkillsError internal */
  exported(name: string): LuaFunctionRef;
  /** Calls a function; it may wait. `read` sees the results in place. @throws LuaRunError */
  run<T>(
    fn: LuaFunctionRef,
    args: readonly LuaValue[],
    read: (results: LuaReader) => T,
    options?: RunOptions,
  ): Promise<T>;
  /** As `run`, for code that must not wait (prelude-like set-up); a wait inside raises. */
  runSync<T>(fn: LuaFunctionRef, args: readonly LuaValue[], read: (results: LuaReader) => T, options?: RunOptions): T;
  /** `work` runs when the VM is closed, in the order in which it was given. */
  onClose(work: () => void): void;
  close(): void;
}

export interface VmOptions {
  readonly preludes: readonly Prelude[];
  /** Bytes of linear memory; default limits.vmMemoryBytes. */
  readonly memoryBytes?: number;
  /** Levels a value that goes into Lua may have; default limits.valueDepth. */
  readonly valueDepth?: number;
  /** Lua's own clock stands still, and two VMs made alike hash alike: `pairs` gives the same order in both. Default false. */
  readonly frozen?: boolean;
  /** Called once, when the VM is closed. */
  readonly onClose?: () => void;
}

/** A booted Lua: compiled module plus the decisions of the boot self-test. Cheap to make VMs from. */
export interface LuaEngineModule {
  readonly waiting: WaitingStrategy;
  /** True when the wasm counts a budget itself; false when the stock wasm runs with the count hook. */
  readonly metered: boolean;
  /** VMs will be made again and again: from then on (undefined: at once) each begins as an image of one made before. */
  expectMore(): Promise<void> | undefined;
  createVm(options: VmOptions): LuaVm;
}

export interface LuaBootOptions {
  /** The wasm: a URL or path, its bytes, or a compiled module. */
  readonly wasm: string | URL | BufferSource | WebAssembly.Module;
  /** Forces a strategy; default: decided by a real `pcall(asyncHost)`. */
  readonly waiting?: WaitingStrategy;
}

/** Injectable time: everything with a TTL takes one. Unix milliseconds. */
export interface Clock {
  now(): number;
}
