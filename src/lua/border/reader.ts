/**
 * `LuaReader` over a Lua stack: arguments of a host call, results of a run.
 * @module
 */

import { charge } from "../../base/work.ts";
import type { LuaReader, LuaTypeWord, LuaValue } from "../interface.ts";
import { isLuaUnwinding, type LuaInstance } from "../wasm/instance.ts";
import { luaType } from "../wasm/wasm-exports.ts";
import { inlineNumber, isInt64 } from "./numbers.ts";
import type { JsonReader } from "./read-json.ts";
import type { ValueReader } from "./read-value.ts";
import { decodeText } from "./text.ts";

const typeWords: Readonly<Record<number, LuaTypeWord>> = {
  [luaType.none]: "nil",
  [luaType.nil]: "nil",
  [luaType.boolean]: "boolean",
  [luaType.lightuserdata]: "lightuserdata",
  [luaType.string]: "string",
  [luaType.table]: "table",
  [luaType.function]: "function",
  [luaType.userdata]: "userdata",
  [luaType.thread]: "thread",
};

/** What all readers of a VM share. */
export interface ReaderParts {
  readonly instance: LuaInstance;
  readonly values: ValueReader;
  readonly json: JsonReader;
}

/** Reused from call to call: `open` points it at the stack, `close` makes late use fail. */
export class StackReader implements LuaReader {
  count = 0;
  readonly #parts: ReaderParts;
  readonly #instance: LuaInstance;
  #L = 0;

  constructor(parts: ReaderParts) {
    this.#parts = parts;
    this.#instance = parts.instance;
  }

  open(L: number, count: number): void {
    this.#L = L;
    this.count = count;
  }

  close(): void {
    this.#L = 0;
    this.count = 0;
  }

  type(index: number): LuaTypeWord {
    const type = this.#type(index);
    if (type !== luaType.number) return typeWords[type] ?? "nil";
    const { x } = this.#instance;
    return x.lua_isinteger(this.#L, index) !== 0 || isInt64(x.lua_tonumberx(this.#L, index, 0)) ? "integer" : "number";
  }

  boolean(index: number): boolean {
    return this.#holds(index) && this.#instance.x.lua_toboolean(this.#L, index) !== 0;
  }

  number(index: number): number {
    if (this.#type(index) !== luaType.number) return Number.NaN;
    return this.#instance.x.lua_tonumberx(this.#L, index, 0);
  }

  text(index: number): string | undefined {
    if (this.#type(index) !== luaType.string) return undefined;
    const { x, cell } = this.#instance;
    const start = x.lua_tolstring(this.#L, index, cell);
    return decodeText(this.#instance.u8, start, this.#instance.u32[cell >> 2] as number);
  }

  bytes(index: number): Uint8Array {
    return this.view(index).slice();
  }

  view(index: number): Uint8Array {
    if (this.#type(index) !== luaType.string) return new Uint8Array(0);
    const { x, cell } = this.#instance;
    const start = x.lua_tolstring(this.#L, index, cell);
    const length = this.#instance.u32[cell >> 2] as number;
    charge(length >> 4);
    return this.#instance.u8.subarray(start, start + length);
  }

  value(index: number): LuaValue {
    return this.#holds(index) ? this.#tidily(() => this.#parts.values.read(this.#L, index)) : undefined;
  }

  json(index: number): string {
    return this.#holds(index) ? this.#tidily(() => this.#parts.json.read(this.#L, index)) : "null";
  }

  inline(index: number): string {
    const instance = this.#instance;
    const type = this.#type(index);
    switch (type) {
      case luaType.none:
      case luaType.nil:
        return "nil";
      case luaType.boolean:
        return this.boolean(index) ? "true" : "false";
      case luaType.number:
        if (instance.x.lua_isinteger(this.#L, index) !== 0) {
          return instance.x.lua_tointegerx(this.#L, index, 0).toString();
        }
        return inlineNumber(instance.x.lua_tonumberx(this.#L, index, 0));
      case luaType.string:
        return this.text(index) ?? "";
      default: {
        const pointer = instance.x.lua_topointer(this.#L, index).toString(16).padStart(8, "0");
        return `${inlineNames[type] ?? "AnyUserData"}(Ref(0x${pointer}))`;
      }
    }
  }

  /** A failed walk leaves what it was looking at on the stack. */
  #tidily<T>(walk: () => T): T {
    try {
      return walk();
    } catch (thrown) {
      if (!isLuaUnwinding(thrown)) this.#instance.x.lua_settop(this.#L, this.count);
      throw thrown;
    }
  }

  #holds(index: number): boolean {
    return index >= 1 && index <= this.count;
  }

  #type(index: number): number {
    return this.#holds(index) ? this.#instance.x.lua_type(this.#L, index) : luaType.none;
  }
}

const inlineNames: Readonly<Record<number, string>> = {
  [luaType.table]: "Table",
  [luaType.function]: "Function",
  [luaType.thread]: "Thread",
};
