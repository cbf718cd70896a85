/**
 * What reading a Lua table has in common for values and for JSON text (vulcan-api.md §2.1): which tables are arrays,
 * how elements and keys are read, where nesting ends.
 * @module
 */
import type { LuaInstance } from "./instance.ts";
import { LuaValueError } from "./interface.ts";
import { decodeLossy, decodeText } from "./text.ts";
import { luaStatus, luaType } from "./wasm-exports.ts";

/** Values read before the clock is looked at again: a shared table can unfold into more than any time allows. */
const PATIENCE = 8192;

/** What the walker needs of the run it works for. */
export interface WalkerGuard {
  /** Throws once the run is over its limits. */
  check(): void;
  /** Calls Lua from JavaScript: nothing in it may wait. */
  withoutWaiting<T>(work: () => T): T;
}

export class Walker {
  readonly #guard: WalkerGuard;
  #patience = PATIENCE;
  readonly #path: number[] = [];

  constructor(
    readonly instance: LuaInstance,
    guard: WalkerGuard,
  ) {
    this.#guard = guard;
  }

  /** Counts one value. */
  step(): void {
    if (--this.#patience > 0) return;
    this.#patience = PATIENCE;
    this.#guard.check();
  }

  /** The text of the string at `index`, or undefined when it is not UTF-8. */
  textAt(L: number, index: number): string | undefined {
    const { instance } = this;
    const start = instance.x.lua_tolstring(L, index, instance.cell);
    return decodeText(instance.u8, start, instance.u32[instance.cell >> 2] as number);
  }

  bytesAt(L: number, index: number): Uint8Array {
    const { instance } = this;
    const start = instance.x.lua_tolstring(L, index, instance.cell);
    return instance.u8.slice(start, start + (instance.u32[instance.cell >> 2] as number));
  }

  /** Pushes `table[i]`, honouring `__index` as §2.1 wants it. `plain`: the table has no metatable. */
  pushElement(L: number, table: number, i: number, plain: boolean): void {
    const { x, slots } = this.instance;
    x.lua_rawgeti(L, table, BigInt(i));
    if (plain || x.lua_type(L, -1) !== luaType.nil) return;
    x.lua_settop(L, -2);
    x.lua_pushcclosure(L, slots.getIndex, 0);
    x.lua_pushvalue(L, table);
    this.instance.bridge.push_integer(L, i);
    const status = this.#guard.withoutWaiting(() => x.lua_pcallk(L, 2, 1, 0, 0, 0));
    if (status === luaStatus.ok) return;
    this.#guard.check();
    throw new LuaValueError(`Array index ${i}: ${this.#messageAt(L)}`);
  }

  hasMetatable(L: number, index: number): boolean {
    const { x } = this.instance;
    if (x.lua_getmetatable(L, index) === 0) return false;
    x.lua_settop(L, -2);
    return true;
  }

  /** The text of the key at -2, of any type. */
  keyText(L: number): string {
    const { x } = this.instance;
    const type = x.lua_type(L, -2);
    if (type === luaType.string) {
      const text = this.textAt(L, -2);
      if (text === undefined)
        throw new LuaValueError("Table key: error converting Lua string to String (invalid utf-8 sequence)");
      return text;
    }
    if (type !== luaType.number) {
      const word = typeWord[type] ?? "userdata";
      throw new LuaValueError(`Table key: error converting Lua ${word} to String (expected string or number)`);
    }
    // tolstring converts in place, which would confuse lua_next: work on a copy.
    x.lua_pushvalue(L, -2);
    const text = this.textAt(L, -1) ?? "";
    x.lua_settop(L, -2);
    return text;
  }

  /** Notes the table about to be entered at `depth` (from 1) and reserves stack for its members. */
  enter(L: number, table: number, depth: number, limit: number): void {
    const { x } = this.instance;
    this.#path.length = depth - 1;
    this.#path.push(x.lua_topointer(L, table));
    if (depth > limit) {
      const cyclic = new Set(this.#path).size < depth;
      throw new LuaValueError(
        cyclic ? recursive : `Cannot convert Lua table nested deeper than ${limit} levels to JSON`,
      );
    }
    if (x.lua_checkstack(L, 10) === 0)
      throw new LuaValueError("Cannot convert Lua table to JSON: the Lua stack is full");
  }

  #messageAt(L: number): string {
    const { instance } = this;
    const start = instance.x.lua_tolstring(L, -1, instance.cell);
    if (start === 0) return "error object is not a string";
    return decodeLossy(instance.u8, start, instance.u32[instance.cell >> 2] as number);
  }
}

const recursive = "Cannot convert recursive Lua table to JSON";

const typeWord: Record<number, string> = {
  [luaType.boolean]: "boolean",
  [luaType.lightuserdata]: "lightuserdata",
  [luaType.table]: "table",
  [luaType.function]: "function",
  [luaType.thread]: "thread",
  [luaType.userdata]: "userdata",
};

/** The text of §2.1 for what is not data. */
export function notData(type: number): LuaValueError {
  switch (type) {
    case luaType.function:
      return new LuaValueError("Cannot convert Lua function to JSON");
    case luaType.thread:
      return new LuaValueError("Cannot convert Lua thread to JSON");
    case luaType.userdata:
      return new LuaValueError("Cannot convert Lua userdata to JSON");
    case luaType.lightuserdata:
      return new LuaValueError("Cannot convert light userdata to JSON");
    default:
      return new LuaValueError("Unknown Lua value type");
  }
}
