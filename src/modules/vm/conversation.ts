/**
 * A handler that calls Lua functions it was given: host and Lua take turns, and each of Lua's turns ends either with the
 * handler's result or with a function to call.
 * @module
 */
import { type LuaReader, LuaResults, type LuaValue, LuaValueError } from "../../lua/interface.ts";
import type { FunctionHandle } from "../definition/interface.ts";
import { isLuaError, luaError } from "../definition/module-error.ts";
import { Handle } from "./handle.ts";
import type { ValueCodec } from "./value-codec.ts";

interface Turn {
  readonly results: LuaResults;
}

export class Conversation {
  readonly #turns: Turn[] = [];
  #wake: ((turn: Turn) => void) | undefined;
  #asked: { resolve(values: readonly LuaValue[]): void; reject(error: unknown): void }[] = [];
  #over = false;

  constructor(
    private readonly codec: ValueCodec,
    /** Its number, by which Lua answers. */
    readonly ticket: number,
  ) {}

  /** The handler's result, or a function to call. */
  async next(): Promise<LuaResults> {
    const turn = this.#turns.shift() ?? (await new Promise<Turn>((resolve) => (this.#wake = resolve)));
    return turn.results;
  }

  finish(results: LuaResults): void {
    this.#over = true;
    for (const each of this.#asked.splice(0)) each.reject(ended());
    this.#say({ results });
  }

  invoke(fn: FunctionHandle, args: readonly LuaValue[]): Promise<readonly LuaValue[]> {
    if (!(fn instanceof Handle))
      throw luaError("call.invoke needs a function the handler was given", { kind: "Invalid" });
    if (this.#over) throw ended();
    return new Promise((resolve, reject) => {
      this.#asked.push({ resolve, reject });
      const values = args.map((each) => this.codec.encode(each));
      this.#say({ results: new LuaResults([this.codec.secret, "invoke", this.ticket, fn.position, ...values]) });
    });
  }

  /** What a function answered or raised: ok, then values. */
  answered(args: LuaReader): void {
    const waiting = this.#asked.shift();
    if (!waiting) return;
    try {
      const ok = args.boolean(2);
      const values: LuaValue[] = [];
      for (let at = 3; at <= args.count; at++) values.push(this.codec.decode(args.value(at)));
      if (ok) waiting.resolve(values);
      else waiting.reject(asError(values[0]));
    } catch (thrown) {
      if (!(thrown instanceof LuaValueError)) throw thrown;
      waiting.reject(luaError(thrown.message, { kind: "Invalid", retryable: false }));
    }
  }

  #say(turn: Turn): void {
    const wake = this.#wake;
    this.#wake = undefined;
    if (wake) wake(turn);
    else this.#turns.push(turn);
  }
}

function asError(raised: unknown): unknown {
  return isLuaError(raised) ? raised : luaError(String(raised), { kind: "Internal", retryable: false });
}

const ended = () => luaError("a Lua function was called after its handler had settled", { kind: "Internal" });
