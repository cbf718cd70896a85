/**
 * Reads Lua tables as wasm lists them (`scan_members`, `scan_elements` in wat/bridge.wat): batches of entries in linear
 * memory, nested tables by a loop instead of recursion. vulcan-api.md §2.1 decides which tables are arrays; what becomes
 * of the parts is up to the subclass.
 * @module
 */

import { luaFloatText } from "../../base/text/number-text.ts";
import { LuaValueError } from "../interface.ts";
import type { LuaInstance } from "../wasm/instance.ts";
import { luaStatus, luaType } from "../wasm/wasm-exports.ts";
import { keyError, messageAt, notData, recursive } from "./conversion-errors.ts";
import { decodeText } from "./text.ts";

/** Entries per batch. */
const BATCH = 128;
const ENTRY_BYTES = 32;
const MORE = 0x10000;
const NESTED = 0x20000;
const FULL = -0x80000000;
/** The type of a number that is an integer. */
const INTEGER = 19;
const KEY_CACHE = 256;
/** What a table and one entry of it cost, in bytes. */
const TABLE_COST = 64;
const ENTRY_COST = 16;
/**
 * Tables and strings that are held many times unfold on the way out: a value may cost this much of the memory its VM may
 * have, and no more.
 */
const MEMORY_SHARE = 1;
/** Of a value's cost between two looks at the clock: less than a millisecond. */
const UNSEEN_BYTES = 2 ** 17;

/** What reading needs of the run it works for. */
export interface ScanGuard {
  /** Throws once the run is over its limits. */
  check(): void;
  /** Calls Lua from JavaScript: nothing in it may wait. */
  withoutWaiting<T>(work: () => T): T;
}

/** A table that is being read. */
class Frame<Container> {
  /** The next element of an array. */
  next = 1;
  /** The key whose value is a table being read. */
  key = "";
  constructor(
    readonly table: number,
    readonly length: number,
    /** Elements can be read raw. */
    readonly plain: boolean,
    readonly container: Container,
  ) {}
}

export abstract class TableScanner<Value, Container> {
  readonly #guard: ScanGuard;
  readonly #buffer: number;
  readonly #keyAddresses = new Int32Array(KEY_CACHE);
  readonly #keys: string[] = new Array(KEY_CACHE).fill("");
  /** Bytes the value being read may still cost. */
  #left = 0;
  /** Where the clock is looked at next: a shared table can unfold into more than any time allows. */
  #lookAt = 0;

  constructor(
    readonly instance: LuaInstance,
    guard: ScanGuard,
    readonly depthLimit: number,
  ) {
    this.#guard = guard;
    this.#buffer = (instance.reserve(BATCH * ENTRY_BYTES + 8) + 7) & ~7;
  }

  protected abstract array(length: number): Container;
  protected abstract object(): Container;
  protected abstract addElement(array: Container, value: Value): void;
  protected abstract addMember(object: Container, key: string, value: Value): void;
  protected abstract finish(container: Container, isArray: boolean): Value;
  protected abstract nil(): Value;
  protected abstract boolean(value: boolean): Value;
  protected abstract float(value: number): Value;
  protected abstract integer(value: number): Value;
  protected abstract wideInteger(value: bigint): Value;
  protected abstract text(start: number, length: number): Value;

  /** The value at `index`. */
  read(L: number, index: number): Value {
    const { x } = this.instance;
    const type = x.lua_type(L, index);
    this.#left = MEMORY_SHARE * this.instance.memoryCap;
    this.#lookAt = this.#left - UNSEEN_BYTES;
    switch (type) {
      case luaType.none:
      case luaType.nil:
        return this.nil();
      case luaType.boolean:
        return this.boolean(x.lua_toboolean(L, index) !== 0);
      case luaType.number: {
        const value = x.lua_tonumberx(L, index, 0);
        if (x.lua_isinteger(L, index) === 0) return this.float(value);
        return Number.isSafeInteger(value) ? this.integer(value) : this.wideInteger(x.lua_tointegerx(L, index, 0));
      }
      case luaType.string: {
        const start = x.lua_tolstring(L, index, this.instance.cell);
        const length = this.instance.u32[this.instance.cell >> 2] as number;
        this.pay(length);
        return this.text(start, length);
      }
      case luaType.table:
        return this.#table(L, x.lua_absindex(L, index));
      default:
        throw notData(type);
    }
  }

  #table(L: number, table: number): Value {
    const { x } = this.instance;
    this.#keyAddresses.fill(0);
    const outer: Frame<Container>[] = [];
    let frame = this.#open(L, table, outer);
    for (;;) {
      const nested = frame.length > 0 ? this.#elements(L, frame) : this.#members(L, frame);
      if (nested) {
        outer.push(frame);
        frame = this.#open(L, x.lua_gettop(L), outer);
        continue;
      }
      const value = this.finish(frame.container, frame.length > 0);
      const parent = outer.pop();
      if (!parent) return value;
      x.lua_settop(L, -2);
      if (parent.length > 0) this.addElement(parent.container, value);
      else this.addMember(parent.container, parent.key, value);
      frame = parent;
    }
  }

  #open(L: number, table: number, outer: readonly Frame<Container>[]): Frame<Container> {
    if (outer.length >= this.depthLimit) throw this.#tooDeep(L, table, outer);
    this.pay(TABLE_COST);
    const length = this.instance.bridge.scan_open(L, table);
    if (length === FULL) throw new LuaValueError("Cannot convert Lua table to JSON: the Lua stack is full");
    if (length === 0) return new Frame(table, 0, true, this.object());
    const elements = Math.abs(length);
    return new Frame(table, elements, length > 0, this.array(elements));
  }

  /** Reads members until the end or a nested table, which is then on top. */
  #members(L: number, frame: Frame<Container>): boolean {
    const { bridge } = this.instance;
    for (;;) {
      const answer = bridge.scan_members(L, frame.table, this.#buffer, BATCH);
      const count = answer & 0xffff;
      let at = this.#buffer;
      this.pay(count * ENTRY_COST);
      for (let i = 0; i < count; i++, at += ENTRY_BYTES) {
        this.addMember(frame.container, this.#key(at), this.#value(at));
      }
      if (answer >= NESTED) {
        frame.key = this.#key(at);
        return true;
      }
      if (answer < MORE) return false;
    }
  }

  /** As #members for the elements of an array. */
  #elements(L: number, frame: Frame<Container>): boolean {
    const { bridge } = this.instance;
    while (frame.next <= frame.length) {
      let answer: number;
      if (frame.plain) {
        answer = bridge.scan_elements(L, frame.table, frame.next, frame.length, this.#buffer, BATCH);
      } else {
        answer = this.#element(L, frame.table, frame.next);
      }
      const count = answer & 0xffff;
      let at = this.#buffer;
      this.pay(count * ENTRY_COST);
      for (let i = 0; i < count; i++, at += ENTRY_BYTES) this.addElement(frame.container, this.#value(at));
      frame.next += count;
      if (answer >= NESTED) {
        frame.next++;
        return true;
      }
    }
    return false;
  }

  /** One element of a table with a metatable: `__index` is honoured (§2.1). Answers as scan_elements does. */
  #element(L: number, table: number, i: number): number {
    const { x, slots, bridge } = this.instance;
    x.lua_pushcclosure(L, slots.getIndex, 0);
    x.lua_pushvalue(L, table);
    bridge.push_integer(L, i);
    const left = this.#left;
    const status = this.#guard.withoutWaiting(() => x.lua_pcallk(L, 2, 1, 0, 0, 0));
    // Lua code ran: an address may mean another string now, and this reader may have read something else.
    this.#keyAddresses.fill(0);
    this.#left = left;
    this.#lookAt = left;
    if (status !== luaStatus.ok) {
      this.#guard.check();
      throw new LuaValueError(`Array index ${i}: ${messageAt(this.instance, L)}`);
    }
    const type = bridge.scan_top(L, this.#buffer);
    this.instance.u32[this.#buffer >> 2] = type << 8;
    if (type === luaType.table) return NESTED;
    // A string stays readable: no Lua code runs before #value copies it.
    x.lua_settop(L, -2);
    return 1;
  }

  #value(at: number): Value {
    const { u32, view } = this.instance;
    const type = ((u32[at >> 2] as number) >> 8) & 0xff;
    switch (type) {
      case luaType.string: {
        const length = u32[(at + 20) >> 2] as number;
        this.pay(length);
        return this.text(u32[(at + 16) >> 2] as number, length);
      }
      case INTEGER: {
        const low = u32[(at + 16) >> 2] as number;
        const high = (u32[(at + 20) >> 2] as number) | 0;
        // Both within 2^53: no bigint needed.
        if (high >= -0x200000 && high < 0x200000) {
          const value = high * 0x1_0000_0000 + low;
          if (Number.isSafeInteger(value)) return this.integer(value);
        }
        return this.wideInteger(view.getBigInt64(at + 16, true));
      }
      case luaType.number:
        return this.float(view.getFloat64(at + 16, true));
      case luaType.boolean:
        return this.boolean(u32[(at + 16) >> 2] !== 0);
      case luaType.nil:
        return this.nil();
      default:
        throw notData(type);
    }
  }

  #key(at: number): string {
    const { instance } = this;
    const { u32 } = instance;
    const type = (u32[at >> 2] as number) & 0xff;
    if (type === luaType.string) {
      const address = u32[(at + 4) >> 2] as number;
      this.#left -= u32[(at + 8) >> 2] as number;
      const slot = (address >> 3) & (KEY_CACHE - 1);
      if (this.#keyAddresses[slot] === address) return this.#keys[slot] as string;
      const text = decodeText(instance.u8, address, u32[(at + 8) >> 2] as number);
      if (text === undefined) {
        throw new LuaValueError("Table key: error converting Lua string to String (invalid utf-8 sequence)");
      }
      this.#keyAddresses[slot] = address;
      this.#keys[slot] = text;
      return text;
    }
    if (type === INTEGER) return instance.view.getBigInt64(at + 24, true).toString();
    if (type === luaType.number) return luaFloatText(instance.view.getFloat64(at + 24, true));
    throw keyError(type);
  }

  /** @throws LuaValueError when the value turns out too large */
  protected pay(bytes: number): void {
    this.#left -= bytes;
    if (this.#left >= this.#lookAt) return;
    if (this.#left < 0) {
      const limit = MEMORY_SHARE * this.instance.memoryCap;
      throw new LuaValueError(`Cannot convert Lua table to JSON: written out it is larger than ${limit} bytes`);
    }
    this.#lookAt = Math.max(0, this.#left - UNSEEN_BYTES);
    this.step();
  }

  /** Looks at the clock: for long work on one entry. */
  protected step(): void {
    this.#guard.check();
  }

  /** A cycle, or honest depth: the tables on the way down tell. */
  #tooDeep(L: number, table: number, outer: readonly Frame<Container>[]): LuaValueError {
    const { x } = this.instance;
    const seen = new Set(outer.map((frame) => x.lua_topointer(L, frame.table)));
    if (seen.size < outer.length || seen.has(x.lua_topointer(L, table))) return new LuaValueError(recursive, "cycle");
    return new LuaValueError(`Cannot convert Lua table nested deeper than ${this.depthLimit} levels to JSON`);
  }
}
