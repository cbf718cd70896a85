/**
 * One wasm instance with one Lua state in it: memory views, function table, protected jobs and the memory cap.
 * Everything else of this room works on a `LuaInstance`.
 * @module
 */
import { LuaSkillsError } from "../../errors.ts";
import { defaultLimits } from "../../limits.ts";
import { cLibrary, LuaAbort } from "./c-library.ts";
import type { HostImports } from "./host-imports.ts";
import type { LinkedModule } from "./link.ts";
import {
  type BridgeExports,
  LUA_REGISTRYINDEX,
  type LuaExports,
  luaStatus,
  type WasmFunction,
} from "./wasm-exports.ts";

const PAGE = 65_536;
/** Bytes of C stack for protected jobs; the rest of Emscripten's stack area serves runs under strategy J. */
const JOB_STACK = 256 * 1024;
/**
 * Levels of calls from C into Lua. A level of coroutines takes about 900 bytes of the engine's own stack, which is 984 KB
 * in V8's main thread and under JSPI.
 */
const NESTING = 1016;

/** Where the C functions of the bridge stand in the function table. */
export interface Slots {
  readonly hostFunction: number;
  readonly waitingHostFunction: number;
  readonly runEntry: number;
  readonly runFailed: number;
  readonly protectedJob: number;
  readonly getIndex: number;
  readonly newUserdata: number;
  /** The hook the guard arms. */
  readonly guardHook: number;
  /** What opens Lua's libraries. */
  readonly libraries: ReadonlyMap<string, number>;
}

const libraries: readonly (readonly [string, keyof LuaExports & `luaopen_${string}`])[] = [
  ["_G", "luaopen_base"],
  ["coroutine", "luaopen_coroutine"],
  ["debug", "luaopen_debug"],
  ["math", "luaopen_math"],
  ["os", "luaopen_os"],
  ["string", "luaopen_string"],
  ["table", "luaopen_table"],
  ["utf8", "luaopen_utf8"],
];

/**
 * Linear memory of a VM no user code has been in, and what its instance knows by address. Other instances begin as copies
 * of it; their function tables are filled alike.
 */
export interface MemoryImage {
  /** Bytes of linear memory. */
  readonly size: number;
  /** What lies below the C stack, and what lies above it. The stack is empty. */
  readonly below: Uint8Array;
  readonly above: Uint8Array;
  readonly mainState: number;
  readonly jobState: number;
  readonly areas: readonly number[];
  readonly scratchArea: number;
  readonly scratchSize: number;
}

/** A VM is full when it holds so much of what it may, and cannot have one of so many parts more. */
const FULL_SHARE = 0.75;
const PROBE_PARTS = 64;

export class LuaInstance {
  readonly x: LuaExports;
  readonly bridge: BridgeExports;
  readonly slots: Slots;
  /** The main Lua thread. */
  readonly mainState: number;
  /** The Lua thread on which protected jobs work, also while a run is suspended. */
  readonly jobState: number;
  /** Views of linear memory; replaced whenever it grows, so never keep one across a call into Lua. */
  u8 = new Uint8Array(0);
  u32 = new Uint32Array(0);
  view = new DataView(this.u8.buffer);
  /** Eight bytes for out-parameters. */
  readonly cell: number;
  /** Set when the cap refused growth since it was last cleared. */
  memoryRefused = false;
  /** Lowest and highest address of the C stack area left for runs (strategy J). */
  readonly runStackArea: { readonly low: number; readonly high: number };
  /** Where the C stack begins: its highest address. */
  readonly jobStackTop: number;
  /** See {@link LuaInstance.reserve}. */
  readonly areas: number[] = [];
  /** See {@link LuaInstance.scratch}. */
  scratchArea = 0;
  scratchSize = 0;
  /** Bytes its memory may grow to. */
  memoryCap: number;
  readonly #separateStacks: boolean;
  readonly #jobStackEnd: number;
  #stackEnd = 0;
  readonly #jobs: (() => void)[] = [];
  #jobFailure: { thrown: unknown } | undefined;
  #jobDepth = 0;
  readonly #image: MemoryImage | undefined;

  /**
   * `separateStacks`: runs have C stacks of their own (strategy J), so a job must not go on where a run stands.
   * `image`: what it begins as, of an instance made alike; its memory fits below the cap.
   */
  constructor(
    linked: LinkedModule,
    host: HostImports,
    memoryCap: number = defaultLimits.vmMemoryBytes,
    separateStacks: boolean,
    frozen?: boolean | undefined,
    image?: MemoryImage | undefined,
  ) {
    this.memoryCap = memoryCap;
    this.#image = image;
    this.#separateStacks = separateStacks;
    const library = cLibrary({ memory: () => this.view, grow: (bytes) => this.#grow(bytes), frozen });
    const imports = { ...host, host_job: () => this.#runJob() };
    const { lua, bridge } = linked.instantiate(library, imports);
    this.x = lua;
    this.bridge = bridge;
    this.#look();
    if (this.u8.length > memoryCap) {
      throw new LuaSkillsError(
        "invalid_argument",
        `memoryBytes is ${memoryCap}, but an empty Lua VM has ${this.u8.length} bytes already; allow at least 4 MiB`,
      );
    }
    if (!image) lua.__wasm_call_ctors();
    lua.emscripten_stack_init();
    const top = lua.emscripten_stack_get_base();
    this.jobStackTop = top;
    if (lua.c_levels) lua.c_levels.value = NESTING;
    const end = lua.emscripten_stack_get_end();
    this.runStackArea = { low: end, high: top - JOB_STACK };
    this.#jobStackEnd = separateStacks ? this.runStackArea.high : end;
    this.useStack(this.#jobStackEnd);
    this.slots = this.#fillTable();
    if (image) {
      this.#begin(image);
      this.cell = this.reserve(8);
      this.mainState = image.mainState;
      this.jobState = image.jobState;
      return;
    }
    this.cell = this.reserve(8);
    this.mainState = lua.luaL_newstate();
    if (this.mainState === 0) throw outOfMemory();
    this.jobState = lua.lua_newthread(this.mainState);
    lua.luaL_ref(this.mainState, LUA_REGISTRYINDEX);
  }

  #begin(image: MemoryImage): void {
    const missing = image.size - this.u8.length;
    if (missing > 0) {
      if (!this.#grow(image.size)) throw outOfMemory();
    }
    this.u8.set(image.below);
    this.u8.set(image.above, this.jobStackTop);
    this.scratchArea = image.scratchArea;
    this.scratchSize = image.scratchSize;
  }

  /** Where the C stack in use ends. */
  get stackEnd(): number {
    return this.#stackEnd;
  }

  /** To be told with every change of stacks: what nests too deep for one then gets a Lua error. */
  useStack(end: number): void {
    if (end === this.#stackEnd) return;
    this.#stackEnd = end;
    if (this.x.c_stack_end) this.x.c_stack_end.value = end;
  }

  /** malloc. @throws LuaSkillsError memory_exceeded */
  allocate(bytes: number): number {
    const pointer = this.x.malloc(bytes);
    if (pointer === 0) throw outOfMemory();
    return pointer;
  }

  /** As allocate, for what a VM asks for while it is made, always in the same order. */
  reserve(bytes: number): number {
    const area = this.#image?.areas[this.areas.length] ?? this.allocate(bytes);
    this.areas.push(area);
    return area;
  }

  /** It was refused memory and has next to none left: whatever runs in it next fails, too. */
  get isFull(): boolean {
    if (!this.memoryRefused || this.u8.length < this.memoryCap * FULL_SHARE) return false;
    const probe = this.x.malloc(this.memoryCap / PROBE_PARTS);
    if (probe !== 0) this.x.free(probe);
    return probe === 0;
  }

  /** Memory to pass one thing to C; overwritten by the next use. */
  scratch(bytes: number): number {
    if (bytes <= this.scratchSize) return this.scratchArea;
    const size = Math.max(bytes, 16_384);
    const pointer = this.allocate(size);
    if (this.scratchArea !== 0) this.x.free(this.scratchArea);
    this.scratchArea = pointer;
    this.scratchSize = size;
    return pointer;
  }

  /**
   * Runs `job` on the job thread inside a protected call: Lua errors (no memory, an error in a metamethod) come back as a
   * status with the error value on top of the job thread's stack, which the caller pops with `settle`.
   * What JavaScript throws comes out again on this side of the wasm frames.
   */
  protect(job: (L: number) => void, onError: (L: number, status: number) => never): void {
    const { x, jobState } = this;
    const stack = x.stackSave();
    const end = this.#stackEnd;
    if (this.#separateStacks && this.#jobDepth === 0) {
      x.stackRestore(this.jobStackTop);
      this.useStack(this.#jobStackEnd);
    }
    const top = x.lua_gettop(jobState);
    this.#jobDepth++;
    this.#jobs.push(() => job(jobState));
    try {
      x.lua_checkstack(jobState, 20);
      x.lua_pushcclosure(jobState, this.slots.protectedJob, 0);
      const status = x.lua_pcallk(jobState, 0, 0, 0, 0, 0);
      const failure = this.#jobFailure;
      if (failure) {
        this.#jobFailure = undefined;
        throw failure.thrown;
      }
      if (status !== luaStatus.ok) onError(jobState, status);
    } finally {
      this.#jobDepth--;
      x.lua_settop(jobState, top);
      x.stackRestore(stack);
      this.useStack(end);
    }
  }

  /** A Lua thread that is kept for good. */
  newThread(): number {
    let L = 0;
    this.protect(
      (job) => {
        L = this.x.lua_newthread(job);
        this.x.luaL_ref(job, LUA_REGISTRYINDEX);
      },
      () => {
        throw new Error("not enough memory for a Lua thread");
      },
    );
    return L;
  }

  #runJob(): number {
    const job = this.#jobs.pop();
    try {
      job?.();
      return 0;
    } catch (thrown) {
      if (isLuaUnwinding(thrown)) throw thrown;
      this.#jobFailure = { thrown };
      return 0;
    }
  }

  #look(): void {
    const { buffer } = this.x.memory;
    this.u8 = new Uint8Array(buffer);
    this.u32 = new Uint32Array(buffer);
    this.view = new DataView(buffer);
  }

  #grow(wanted: number): boolean {
    const now = this.x.memory.buffer.byteLength;
    if (wanted > this.memoryCap) {
      this.memoryRefused = true;
      return false;
    }
    // Some headroom, so that a growing heap does not come back for every page.
    const generous = Math.min(this.memoryCap, Math.max(wanted, Math.ceil(now * 1.2)));
    const pages = Math.ceil((Math.max(wanted, generous) - now) / PAGE);
    try {
      this.x.memory.grow(pages);
    } catch {
      // The platform has no more memory; to Lua that is the same as the cap.
      this.memoryRefused = true;
      return false;
    }
    this.#look();
    return true;
  }

  #fillTable(): Slots {
    const { x, bridge } = this;
    const table = x.__indirect_function_table;
    const put = (fn: WasmFunction): number => {
      const slot = table.grow(1);
      table.set(slot, fn);
      return slot;
    };
    bridge.slot_resumed.value = put(bridge.waiting_resumed);
    bridge.slot_returned.value = put(bridge.run_returned);
    return {
      hostFunction: put(bridge.host_function),
      waitingHostFunction: put(bridge.waiting_host_function),
      runEntry: put(bridge.run_entry),
      runFailed: put(bridge.run_failed),
      protectedJob: put(bridge.protected_job),
      getIndex: put(bridge.get_index),
      newUserdata: put(bridge.new_userdata),
      guardHook: put(x.meter_hook ?? bridge.count_hook),
      libraries: new Map(libraries.map(([name, open]) => [name, put(x[open])])),
    };
  }
}

/** Passes through every wasm frame; Lua cannot catch it, and the VM is lost. */
export class HardStop extends Error {
  override readonly name = "HardStop";
}

/**
 * Lua's own unwinding (or a hard stop) seen by JavaScript that stands between two wasm frames; it must go on, untouched.
 */
export function isLuaUnwinding(thrown: unknown): boolean {
  return (
    thrown === Infinity || thrown instanceof WasmException || thrown instanceof HardStop || thrown instanceof LuaAbort
  );
}

/** V8 and JavaScriptCore throw a RangeError, Firefox an InternalError. */
export const isStackOverflow = (thrown: unknown): boolean =>
  thrown instanceof Error && /call stack|too much recursion/i.test(thrown.message);

// lib.dom does not know WebAssembly.Exception yet; very old engines do not have it.
const WasmException = (WebAssembly as unknown as { Exception?: new () => object }).Exception ?? class {};

function outOfMemory(): LuaSkillsError {
  return new LuaSkillsError(
    "memory_exceeded",
    "the Lua VM has reached its memory cap (limits.vmMemoryBytes): not enough memory",
  );
}
