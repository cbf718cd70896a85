/**
 * Tables into Lua: JavaScript writes a small program into linear memory and wasm runs it (`build` in wat/bridge.wat).
 * That is one call for some thousand fields instead of three calls for each.
 * @module
 */
import { charge } from "../../base/work.ts";
import { type LuaValue, LuaValueError } from "../interface.ts";
import type { LuaInstance } from "../wasm/instance.ts";
import { checkInt64 } from "./numbers.ts";
import { pushBytes, pushText } from "./text.ts";

const op = { nil: 0, false: 1, true: 2, int: 3, float: 4, wide: 5, string: 6, table: 7, set: 8, seti: 9 } as const;

const BUFFER = 32_768;
/** Strings that may not fit are pushed by themselves. */
const LONGEST = 4096;

const encoder = new TextEncoder();

/** Pushes one plain object or array at a time. */
export class Packer {
  readonly #instance: LuaInstance;
  readonly #start: number;
  readonly #limit: number;
  #at: number;
  #u8: Uint8Array;
  #view: DataView;
  #L = 0;

  constructor(
    instance: LuaInstance,
    /** Levels a value may have. */
    private readonly depth: number,
  ) {
    this.#instance = instance;
    this.#start = instance.allocate(BUFFER);
    this.#limit = this.#start + BUFFER;
    this.#at = this.#start;
    this.#u8 = instance.u8;
    this.#view = instance.view;
  }

  /** @throws LuaValueError */
  push(L: number, value: object): void {
    this.#L = L;
    this.#at = this.#start;
    // For the deepest value: a table and a key per level.
    if (this.#instance.x.lua_checkstack(L, 3 * this.depth + 20) === 0) {
      throw new LuaValueError("cannot pass a value to Lua: its stack is full");
    }
    this.#look();
    this.#table(value, 1);
    this.#flush();
  }

  #flush(): void {
    const end = this.#at;
    this.#at = this.#start;
    // Four bytes a unit: a field has some ten of them.
    charge((end - this.#start) >> 2);
    this.#instance.bridge.build(this.#L, this.#start, end);
    this.#look();
  }

  /** After every call that may have made linear memory grow: views of what it was are detached. */
  #look(): void {
    this.#u8 = this.#instance.u8;
    this.#view = this.#instance.view;
  }

  #reserve(bytes: number): void {
    if (this.#at + bytes > this.#limit) this.#flush();
  }

  #value(value: LuaValue, depth: number): void {
    switch (typeof value) {
      case "string":
        this.#string(value);
        return;
      case "number":
        this.#number(value);
        return;
      case "boolean":
        this.#reserve(1);
        this.#u8[this.#at++] = value ? op.true : op.false;
        return;
      case "bigint":
        this.#flush();
        checkInt64(value);
        this.#instance.x.lua_pushinteger(this.#L, value);
        return;
      case "object":
        // null was left out by the caller.
        if (value instanceof Uint8Array) this.#bytes(value);
        else this.#table(value as object, depth + 1);
        return;
      default:
        throw new LuaValueError(`cannot pass a ${typeof value} to Lua; only plain data crosses`);
    }
  }

  #number(value: number): void {
    this.#reserve(9);
    if ((value | 0) === value && (value !== 0 || !Object.is(value, -0))) {
      this.#u8[this.#at] = op.int;
      this.#view.setInt32(this.#at + 1, value, true);
      this.#at += 5;
      return;
    }
    this.#u8[this.#at] = Number.isSafeInteger(value) && value !== 0 ? op.wide : op.float;
    this.#view.setFloat64(this.#at + 1, value, true);
    this.#at += 9;
  }

  #string(text: string): void {
    const { length } = text;
    if (length > LONGEST) {
      this.#flush();
      pushText(this.#instance, this.#L, text);
      this.#look();
      return;
    }
    this.#reserve(length * 3 + 5);
    const u8 = this.#u8;
    const at = this.#at;
    u8[at] = op.string;
    let written = 0;
    if (length <= 48) {
      for (; written < length; written++) {
        const unit = text.charCodeAt(written);
        if (unit > 127) break;
        u8[at + 5 + written] = unit;
      }
    }
    if (written < length) written = encoder.encodeInto(text, u8.subarray(at + 5, this.#limit)).written;
    this.#view.setInt32(at + 1, written, true);
    this.#at = at + 5 + written;
  }

  #bytes(bytes: Uint8Array): void {
    if (bytes.length > LONGEST) {
      this.#flush();
      pushBytes(this.#instance, this.#L, bytes);
      this.#look();
      return;
    }
    this.#reserve(bytes.length + 5);
    this.#u8[this.#at] = op.string;
    this.#view.setInt32(this.#at + 1, bytes.length, true);
    this.#u8.set(bytes, this.#at + 5);
    this.#at += 5 + bytes.length;
  }

  #newTable(array: number, hash: number): void {
    this.#reserve(9);
    this.#u8[this.#at] = op.table;
    this.#view.setInt32(this.#at + 1, array, true);
    this.#view.setInt32(this.#at + 5, hash, true);
    this.#at += 9;
  }

  #table(value: object, depth: number): void {
    if (depth > this.depth) {
      throw new LuaValueError(
        `cannot pass a value to Lua: it is cyclic, or nested deeper than ${this.depth} levels (limits.valueDepth)`,
      );
    }
    if (Array.isArray(value)) this.#array(value, depth);
    else this.#object(value as Record<string, LuaValue>, depth);
  }

  #array(values: readonly LuaValue[], depth: number): void {
    const { length } = values;
    this.#newTable(length, 0);
    for (let i = 0; i < length; i++) {
      const value = values[i];
      if (value === undefined || value === null) continue;
      this.#value(value, depth);
      this.#reserve(5);
      this.#u8[this.#at] = op.seti;
      this.#view.setInt32(this.#at + 1, i + 1, true);
      this.#at += 5;
    }
  }

  #object(values: Record<string, LuaValue>, depth: number): void {
    const prototype = Object.getPrototypeOf(values);
    if (prototype !== Object.prototype && prototype !== null && Object.getPrototypeOf(prototype) !== null) {
      const name = values.constructor?.name ?? "object";
      throw new LuaValueError(`cannot pass a ${name} to Lua; only plain objects, arrays, Uint8Array and scalars cross`);
    }
    const keys = Object.keys(values);
    this.#newTable(0, keys.length);
    for (const key of keys) {
      const value = values[key];
      if (value === undefined || value === null) continue;
      this.#string(key);
      this.#value(value, depth);
      this.#reserve(1);
      this.#u8[this.#at++] = op.set;
    }
  }
}
