/**
 * Host functions: two C functions in wasm, told apart by an integer upvalue, call in here. A JavaScript exception becomes
 * a Lua error by value on this side; it never crosses a wasm frame.
 * @module
 */
import { messageOf } from "../../base/message-of.ts";
import { setPayer } from "../../base/work.ts";
import type { FunctionRef } from "../border/function-ref.ts";
import type { Pusher } from "../border/push.ts";
import { JsonReader } from "../border/read-json.ts";
import { ValueReader } from "../border/read-value.ts";
import { type ReaderParts, StackReader } from "../border/reader.ts";
import { pushText } from "../border/text.ts";
import type { Guard } from "../guard/guard.ts";
import {
  CANNOT_WAIT,
  type HostFunction,
  type HostFunctionSpec,
  LuaRaise,
  LuaResults,
  type LuaValue,
  LuaValueError,
  type WaitingHostFunction,
} from "../interface.ts";
import type { Outcome } from "../run.ts";
import { RAISE, THROUGH } from "../wasm/host-imports.ts";
import { isLuaUnwinding, isStackOverflow, type LuaInstance } from "../wasm/instance.ts";
import { LUA_REGISTRYINDEX } from "../wasm/wasm-exports.ts";
import type { Scheduler } from "./scheduler.ts";

interface Callable {
  readonly run: WaitingHostFunction;
  /** It may take its time. */
  readonly waits: boolean;
  /** Not called in a run that is over. */
  readonly guarded: boolean;
  /** Called even where it could not wait. */
  readonly answersAtOnce: boolean;
}

/** The number of a function, how much it was given, and what it answered. */
export type Heard = (id: number, given: number, answer: Returned) => void;

export class Dispatcher {
  readonly #functions: Callable[] = [];
  readonly #readers: StackReader[] = [];
  readonly #guard: Guard;
  readonly #scheduler: Scheduler;
  readonly #parts: ReaderParts;
  readonly #instance: LuaInstance;
  readonly #pusher: Pusher;
  #depth = 0;
  #heard: Heard | undefined;

  constructor(instance: LuaInstance, guard: Guard, scheduler: Scheduler, pusher: Pusher) {
    this.#instance = instance;
    this.#pusher = pusher;
    this.#guard = guard;
    this.#scheduler = scheduler;
    this.#parts = { instance, values: new ValueReader(instance, guard), json: new JsonReader(instance, guard) };
  }

  /** A number for a function that asks the room itself something, also when the guard has ended the run. */
  declareQuestion(ask: HostFunction): number {
    return this.#declare({ run: ask, waits: false, guarded: false, answersAtOnce: true });
  }

  /** A number for `spec`, by which Lua functions call it. Numbers are given in order. */
  declare(spec: HostFunctionSpec): number {
    const waits = typeof spec !== "function";
    const answersAtOnce = !waits || spec.mayAnswerAtOnce === true;
    return this.#declare({ run: waits ? spec.waits : spec, waits, guarded: true, answersAtOnce });
  }

  #declare(callable: Callable): number {
    return this.#functions.push(callable) - 1;
  }

  /** Pushes a Lua function that calls the function of this number. */
  push(L: number, id: number): void {
    const { x, slots } = this.#instance;
    x.lua_pushlightuserdata(L, id);
    x.lua_pushcclosure(L, this.#functions[id]?.waits ? slots.waitingHostFunction : slots.hostFunction, 1);
  }

  /** Tells `heard` of every call while `work` goes on. */
  listen<T>(heard: Heard, work: () => T): T {
    this.#heard = heard;
    try {
      return work();
    } finally {
      this.#heard = undefined;
    }
  }

  /** A reader over `count` values at the bottom of the frame; give it back with {@link release}. */
  reader(L: number, count: number): StackReader {
    const depth = this.#depth++;
    let reader = this.#readers[depth];
    if (!reader) {
      reader = new StackReader(this.#parts);
      this.#readers.push(reader);
    }
    reader.open(L, count);
    return reader;
  }

  release(reader: StackReader): void {
    reader.close();
    this.#depth--;
  }

  /** The value on top when it is data, else undefined. */
  dataAt(L: number): LuaValue {
    const top = this.#instance.x.lua_gettop(L);
    try {
      return this.#parts.values.read(L, -1);
    } catch (thrown) {
      if (!(thrown instanceof LuaValueError)) throw thrown;
      this.#instance.x.lua_settop(L, top);
      return undefined;
    }
  }

  /** Import host_call. */
  call(L: number, id: number, count: number): number {
    const run = this.#guard.current;
    const callable = this.#functions[id];
    if (!run || !callable) return this.#raise(L, new Error("a host function was called outside any run"));
    const reader = this.reader(L, count);
    const payer = setPayer(run);
    try {
      if (callable.guarded) run.checkCall();
      run.held = 0;
      const value = callable.run(reader, run);
      this.#heard?.(id, count, value);
      if (value instanceof Promise) {
        value.catch(ignore);
        throw new Error("a host function that is not declared as waiting returned a promise");
      }
      const through = value instanceof LuaResults && value.through;
      if (through) this.#instance.x.lua_rawgeti(L, LUA_REGISTRYINDEX, BigInt((through as FunctionRef).ref));
      const pushed = this.#pusher.results(L, value as LuaValue | LuaResults);
      return through ? THROUGH : pushed;
    } catch (thrown) {
      return this.#raise(L, thrown);
    } finally {
      setPayer(payer);
      this.release(reader);
    }
  }

  /** Import host_begin. */
  begin(L: number, id: number, count: number): number {
    const run = this.#guard.current;
    const callable = this.#functions[id];
    if (!run || !callable) return this.#raise(L, new Error("a host function was called outside any run"));
    const reader = this.reader(L, count);
    const payer = setPayer(run);
    try {
      this.#guard.check();
      run.held = 0;
      run.mayWaitHere = run.mayWait && this.#scheduler.canWait(L, run);
      if (!run.mayWaitHere && !callable.answersAtOnce) throw new Error(CANNOT_WAIT);
      const value = callable.run(reader, run);
      this.#heard?.(id, count, value);
      if (!isThenable(value)) return this.#pusher.results(L, value);
      const outcome = settle(value);
      if (!run.mayWaitHere) throw new Error(CANNOT_WAIT);
      run.waitingFor = outcome;
      return this.#scheduler.suspend(L, run);
    } catch (thrown) {
      return this.#raise(L, thrown);
    } finally {
      setPayer(payer);
      this.release(reader);
    }
  }

  /** Import host_settled. */
  settled(L: number, ticket: number): number {
    const run = this.#scheduler.resumed(ticket);
    const outcome = run?.outcome;
    if (!run || !outcome) return this.#raise(L, new Error("a wait ended that nobody waits for"));
    run.outcome = undefined;
    const payer = setPayer(run);
    try {
      if (!outcome.ok) throw outcome.thrown;
      return this.#pusher.results(L, outcome.value);
    } catch (thrown) {
      return this.#raise(L, thrown);
    } finally {
      setPayer(payer);
    }
  }

  #raise(L: number, thrown: unknown): number {
    if (isLuaUnwinding(thrown)) throw thrown;
    // A trap or an exhausted stack may have come out of this very instance, half done.
    const run = this.#guard.current;
    // Whatever a function says that its time was too short for: the run ends because of its limit.
    run?.look();
    if (run && (thrown instanceof WebAssembly.RuntimeError || isStackOverflow(thrown))) run.suspect = true;
    this.#instance.x.lua_checkstack(L, 10);
    if (thrown instanceof LuaRaise) {
      try {
        this.#pusher.push(L, thrown.value);
        return RAISE;
      } catch (again) {
        if (isLuaUnwinding(again)) throw again;
      }
    }
    pushText(this.#instance, L, messageOf(thrown));
    return RAISE;
  }
}

type Returned = ReturnType<WaitingHostFunction>;

const isThenable = (value: Returned): value is Promise<LuaValue | LuaResults> =>
  value instanceof Promise ||
  (typeof value === "object" && value !== null && "then" in value && typeof value.then === "function");

function settle(promise: Promise<LuaValue | LuaResults>): PromiseLike<Outcome> {
  return promise.then(
    (value): Outcome => ({ ok: true, value }),
    (thrown): Outcome => ({ ok: false, thrown }),
  );
}

const ignore = () => {};
