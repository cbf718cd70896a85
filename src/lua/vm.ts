/**
 * `LuaVm`: one sandboxed Lua state in a wasm instance of its own.
 * @module
 */
import { messageOf } from "../base/message-of.ts";
import { LuaSkillsError } from "../errors.ts";
import type { Beginning, VmImage } from "./beginning.ts";
import { brokenDown, errorText, failureText, plainFailureText } from "./border/failure.ts";
import { FunctionRef } from "./border/function-ref.ts";
import { Pusher } from "./border/push.ts";
import { pushText } from "./border/text.ts";
import { readTraceback } from "./border/traceback.ts";
import { Guard } from "./guard/guard.ts";
import {
  type LuaFunctionRef,
  type LuaReader,
  LuaRunError,
  type LuaValue,
  LuaValueError,
  type LuaVm,
  type Prelude,
  type RunOptions,
  type RunUsage,
  type VmOptions,
} from "./interface.ts";
import type { LuaParts } from "./parts.ts";
import { Run } from "./run.ts";
import { Dispatcher } from "./waiting/dispatcher.ts";
import { webAssemblySuspending } from "./waiting/jspi.ts";
import { Abandoned, type Ending, type Scheduler } from "./waiting/scheduler.ts";
import { JspiScheduler } from "./waiting/scheduler-j.ts";
import { type HostImports, RESUMED } from "./wasm/host-imports.ts";
import { HardStop, isLuaUnwinding, LuaInstance } from "./wasm/instance.ts";
import { loadText } from "./wasm/load-text.ts";
import { LUA_REGISTRYINDEX, luaStatus, luaType } from "./wasm/wasm-exports.ts";
import { furnish, type World } from "./world/sandbox.ts";

// allowed: numbers that tell VMs and runs apart
let lastId = 0;

export class WasmLuaVm implements LuaVm {
  readonly id = ++lastId;
  /** See {@link Beginning.remember}. */
  readonly image: VmImage | undefined;
  readonly #instance: LuaInstance;
  readonly #guard = new Guard();
  readonly #pusher: Pusher;
  readonly #dispatcher: Dispatcher;
  readonly #scheduler: Scheduler;
  readonly #world: World;
  #usable = true;
  readonly #closers: Array<() => void> = [];
  #usage: RunUsage = { ms: 0, runMs: 0, instructions: 0, peakBytes: 0, bytesWritten: 0, sqlRows: 0 };
  /** Runs by the order in which they enter: host_enter belongs to the one that was started last. */
  #entering: Run | undefined;

  constructor({ linked, hook, yielding, chunks }: LuaParts, options: VmOptions, { from, remember }: Beginning = {}) {
    const guard = this.#guard;
    const imports: HostImports = {
      host_call: (L, id, count) => this.#dispatcher.call(L, id, count),
      host_begin: (L, id, count) => this.#dispatcher.begin(L, id, count),
      host_settled: (L, ticket) => this.#dispatcher.settled(L, ticket),
      host_wait: yielding ? () => 0 : webAssemblySuspending(() => (this.#scheduler as JspiScheduler).wait()),
      host_enter: (L) => this.#enter(L),
      host_leave: (L) => this.#leave(L),
      host_failed: (L) => this.#failed(L),
      host_hook: (L) => hook?.hit(guard, instance, L) ?? 0,
      guard_hit: (L, place) => (place === RESUMED ? this.#goOn(L) : guard.hit(L, place)),
    };
    const instance = new LuaInstance(linked, imports, options.memoryBytes, !yielding, options.frozen, from?.memory);
    this.#instance = instance;
    this.#pusher = new Pusher(instance, options.valueDepth);
    guard.attach(instance, !yielding);
    hook?.arm(instance);
    if (options.onClose) this.#closers.push(options.onClose);
    this.#scheduler = yielding
      ? new yielding.YieldScheduler({ instance, guard }, instance.cell, (L) => this.#markRoot(L))
      : new JspiScheduler({ instance, guard });
    const dispatcher = new Dispatcher(instance, guard, this.#scheduler, this.#pusher);
    this.#dispatcher = dispatcher;
    const parts = { instance, guard, dispatcher, yielding, chunks, frozen: options.frozen === true };
    const make = () => this.#settingUp((L) => furnish(L, parts, options.preludes, from?.refs));
    const begun = remember ? remember(instance, dispatcher, make) : { world: make(), image: undefined };
    ({ world: this.#world, image: this.image } = begun);
  }

  get usable(): boolean {
    return this.#usable;
  }

  get memoryBytes(): number {
    return this.#instance.u8.length;
  }

  limitMemory(bytes: number): void {
    this.#instance.memoryCap = bytes;
  }

  get usage(): RunUsage {
    return this.#usage;
  }

  compile(source: string | Uint8Array, chunkName: string): LuaFunctionRef {
    const instance = this.#alive();
    const ref = this.#protected((L) => {
      const status = loadText(instance, L, source, chunkName);
      if (status !== luaStatus.ok) {
        throw new LuaRunError(status === luaStatus.syntax ? "syntax" : "runtime", failureText(instance, L));
      }
      return instance.x.luaL_ref(L, LUA_REGISTRYINDEX);
    });
    return this.#functionRef(ref);
  }

  exported(name: string): LuaFunctionRef {
    const { x } = this.#alive();
    const ref = this.#protected((L) => {
      for (const root of [this.#world.refs.exports, 2]) {
        x.lua_rawgeti(L, LUA_REGISTRYINDEX, BigInt(root));
        for (const part of name.split(".")) {
          if (x.lua_type(L, -1) !== luaType.table) break;
          pushText(this.#instance, L, part);
          x.lua_rawget(L, -2);
        }
        if (x.lua_type(L, -1) === luaType.function) return x.luaL_ref(L, LUA_REGISTRYINDEX);
      }
      throw new LuaSkillsError("internal", `no prelude of this Lua VM exports a function named ${name}`);
    });
    return this.#functionRef(ref);
  }

  install(prelude: Prelude): void {
    this.#alive();
    this.#settingUp((L) => this.#world.install(L, prelude));
  }

  async run<T>(
    fn: LuaFunctionRef,
    args: readonly LuaValue[],
    read: (results: LuaReader) => T,
    options: RunOptions = {},
  ): Promise<T> {
    this.#alive();
    if (options.signal?.aborted) throw new LuaRunError("stopped", "execution aborted", { reason: "aborted" });
    const run = this.#newRun(this.#own(fn), args, read, options, true);
    let ending: Ending | undefined;
    try {
      this.#entering = run;
      ending = await this.#scheduler.execute(run);
    } catch (thrown) {
      throw this.#lost(run, thrown);
    }
    return this.#finish(run, ending);
  }

  runSync<T>(
    fn: LuaFunctionRef,
    args: readonly LuaValue[],
    read: (results: LuaReader) => T,
    options: RunOptions = {},
  ): T {
    const { x, slots } = this.#alive();
    const run = this.#newRun(this.#own(fn), args, read, options, false);
    const outer = this.#guard.current;
    try {
      return this.#protected((L) => {
        const base = x.lua_gettop(L);
        x.lua_pushcclosure(L, slots.runFailed, 0);
        x.lua_pushcclosure(L, slots.runEntry, 0);
        this.#entering = run;
        this.#guard.enter(run);
        const status = x.lua_pcallk(L, 0, 0, base + 1, 0, 0);
        return this.#finish<T>(run, { status, L, stackIntact: false, release: () => undefined });
      });
    } catch (thrown) {
      if (thrown instanceof HardStop || thrown instanceof WebAssembly.RuntimeError) throw this.#lost(run, thrown);
      throw thrown;
    } finally {
      if (outer) this.#guard.enter(outer);
    }
  }

  /** Takes back that a stop by budget has broken this VM. Only for the self-test: that Lua still computes then is proved there. */
  revive(): void {
    this.#usable = true;
  }

  onClose(work: () => void): void {
    this.#closers.push(work);
  }

  close(): void {
    this.#usable = false;
    for (const work of this.#closers.splice(0)) work();
    // Nothing to free: the instance goes with its memory, and no finaliser of a program is owed a run.
  }

  // ── inside wasm ────────────────────────────────────────────────────────────────────────────────────────────────

  #enter(L: number): number {
    const [run, { x }] = [this.#entering, this.#instance];
    this.#entering = undefined;
    if (!run) return this.#raiseText(L, "a run began that nobody started");
    try {
      x.lua_checkstack(L, run.args.length + 10);
      x.lua_rawgeti(L, LUA_REGISTRYINDEX, BigInt(run.fn));
      for (const arg of run.args) this.#pusher.push(L, arg);
      return run.args.length;
    } catch (thrown) {
      if (isLuaUnwinding(thrown)) throw thrown;
      run.refused = thrown instanceof LuaValueError;
      return this.#raiseText(L, messageOf(thrown));
    }
  }

  #leave(L: number): number {
    const run = this.#guard.current;
    if (!run) return 0;
    const reader = this.#dispatcher.reader(L, this.#instance.x.lua_gettop(L));
    try {
      run.readResults(reader);
    } finally {
      this.#dispatcher.release(reader);
    }
    return 0;
  }

  #failed(L: number): void {
    const run = this.#guard.current;
    if (run) run.traceback = readTraceback(this.#instance, L, L, 1);
  }

  /** A run that gave way has the thread again. */
  #goOn(ticket: number): number {
    this.#scheduler.resumed(ticket);
    return 0;
  }

  #raiseText(L: number, text: string): number {
    pushText(this.#instance, L, text);
    return -1;
  }

  // ── around wasm ────────────────────────────────────────────────────────────────────────────────────────────────

  #finish<T>(run: Run, ending: Ending): T {
    this.#note(run);
    run.suspect ||= this.#instance.isFull;
    if (run.stopped) {
      const kept = !run.suspect && this.#usable && run.options.keepAfterDeadline && run.stopped === "deadline_exceeded";
      const error = this.#stopped(run);
      this.#usable = kept === true && this.#tidied(run, ending);
      throw error;
    }
    if (ending.status !== luaStatus.ok) throw this.#failure(run, ending);
    this.#usable &&= !run.suspect;
    ending.release();
    if (!run.read) throw new LuaSkillsError("internal", "a Lua run ended without results");
    if ("thrown" in run.read) throw run.read.thrown;
    return run.read.value as T;
  }

  #failure(run: Run, ending: Ending): LuaRunError {
    const instance = this.#instance;
    // tostring may run Lua, and so may `__close` while the thread is reset.
    this.#guard.enter(run);
    try {
      const { text, value } = this.#protected((job) => {
        instance.x.lua_xmove(ending.L, job, ending.L === job ? 0 : 1);
        if (ending.stackIntact) run.traceback ??= readTraceback(instance, job, ending.L, 0);
        return { text: errorText(instance, job, this.#dispatcher), value: this.#dispatcher.dataAt(job) };
      });
      if (ending.status === luaStatus.memory || (instance.memoryRefused && text.endsWith("not enough memory")))
        run.stop("memory_exceeded");
      else ending.release();
      if (run.stopped) return this.#stopped(run);
      return new LuaRunError("runtime", text, { traceback: run.traceback, value, refused: run.refused });
    } catch (thrown) {
      // There may be no memory left to read the error with.
      if (ending.status === luaStatus.memory) run.stop("memory_exceeded");
      if (run.stopped) return this.#stopped(run);
      // Such as a __tostring that fails in its turn: the run is over all the same.
      ending.release();
      throw thrown;
    } finally {
      this.#guard.leave(run);
      // Only now: what runs in a VM that is of no use has been aborted, the reading of its error included.
      this.#usable &&= !run.suspect;
    }
  }

  /**
   * The error of the guard went through the program's own stack, which is as sound as after any error once its pending
   * `__close` handlers have run. They stay under the limits that are passed; one that resists costs the VM.
   */
  #tidied(run: Run, ending: Ending): boolean {
    this.#guard.enter(run);
    try {
      ending.release();
      return true;
    } catch {
      return false;
    } finally {
      this.#guard.leave(run);
    }
  }

  /** The guard ended it: what is left of the Lua stack cannot be trusted. */
  #stopped(run: Run): LuaRunError {
    this.#usable = false;
    return new LuaRunError("stopped", run.stopText, { traceback: run.traceback, reason: run.stopped });
  }

  /** The run ended in JavaScript: given up while it waited, or an exception came out of wasm. */
  #lost(run: Run, thrown: unknown): unknown {
    this.#usable = false;
    this.#note(run);
    if (run.stopped && (thrown instanceof Abandoned || thrown instanceof HardStop)) return this.#stopped(run);
    return brokenDown(thrown, run.traceback);
  }

  #note(run: Run): void {
    this.#guard.leave(run);
    run.running = false;
    run.end();
    this.#usage = {
      ms: performance.now() - run.startMs,
      runMs: run.ranMs,
      instructions: run.instructionsUsed,
      peakBytes: this.#instance.u8.length,
      ...run.tally,
    };
  }

  #newRun(
    fn: { readonly ref: number },
    args: readonly LuaValue[],
    read: (results: LuaReader) => unknown,
    options: RunOptions,
    mayWait: boolean,
  ): Run {
    this.#instance.memoryRefused = false;
    return new Run(this, ++lastId, fn.ref, args, read, options, mayWait, this.#instance.memoryCap);
  }

  /** As `#protected`; where there is no run in one of its own: preludes call host functions, which belong to one. */
  #settingUp<T>(job: (L: number) => T): T {
    if (this.#guard.current) return this.#protected(job);
    this.#guard.enter(this.#newRun({ ref: 0 }, [], () => undefined, {}, false));
    try {
      return this.#protected(job);
    } finally {
      this.#guard.enter(undefined);
    }
  }

  /** Runs `job` in a protected call; Lua code in it cannot wait. */
  #protected<T>(job: (L: number) => T): T {
    let answer: { value: T } | undefined;
    this.#guard.withoutWaiting(() =>
      this.#instance.protect(
        (L) => {
          answer = { value: job(L) };
        },
        (L, status) => {
          if (status !== luaStatus.memory) throw new LuaRunError("runtime", plainFailureText(this.#instance, L));
          throw new LuaSkillsError("memory_exceeded", "not enough memory");
        },
      ),
    );
    if (answer) return answer.value;
    throw new LuaSkillsError("internal", "a job in the Lua VM did not run");
  }

  #markRoot(thread: number): void {
    const [{ x }, { markRoot }] = [this.#instance, this.#world.refs];
    if (markRoot === undefined) return;
    this.#protected((L) => {
      x.lua_rawgeti(L, LUA_REGISTRYINDEX, BigInt(markRoot));
      x.lua_pushthread(thread);
      x.lua_xmove(thread, L, 1);
      x.lua_pcallk(L, 1, 0, 0, 0, 0);
    });
  }

  #functionRef(ref: number): FunctionRef {
    const { x, jobState } = this.#instance;
    return new FunctionRef(this, ref, (given) => this.#usable && x.luaL_unref(jobState, LUA_REGISTRYINDEX, given));
  }

  #own(fn: LuaFunctionRef): FunctionRef {
    if (fn instanceof FunctionRef && fn.vm === this) return fn;
    throw new LuaSkillsError("internal", "this Lua function belongs to another VM");
  }

  #alive(): LuaInstance {
    if (this.#usable) return this.#instance;
    throw new LuaSkillsError("internal", "this Lua VM was stopped or closed; take a new one");
  }
}
