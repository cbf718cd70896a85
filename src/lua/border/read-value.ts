/**
 * Lua values as JavaScript data: vulcan-api.md §2.1's shapes, but byte strings, 64-bit integers, NaN and infinities stay what they are.
 * @module
 */

import type { LuaValue } from "../interface.ts";
import type { LuaInstance } from "../wasm/instance.ts";
import { type ScanGuard, TableScanner } from "./scan.ts";
import { decodeText } from "./text.ts";

/** Levels of tables. */
export const VALUE_DEPTH = 190;

type Container = LuaValue[] | { [key: string]: LuaValue };

export class ValueReader extends TableScanner<LuaValue, Container> {
  /** The object begun last, until anything is added: an empty one has no members and no nested tables. */
  #untouched: Container | undefined;

  constructor(instance: LuaInstance, guard: ScanGuard) {
    super(instance, guard, VALUE_DEPTH);
  }

  protected array(): Container {
    return [];
  }
  protected object(): Container {
    this.#untouched = Object.create(null) as Container;
    return this.#untouched;
  }
  protected addElement(array: Container, value: LuaValue): void {
    (array as LuaValue[]).push(value ?? null);
  }
  protected addMember(object: Container, key: string, value: LuaValue): void {
    this.#untouched = undefined;
    (object as Record<string, LuaValue>)[key] = value;
  }
  /** An empty table is an empty array, as in §2.1. */
  protected finish(container: Container, isArray: boolean): LuaValue {
    return isArray || container !== this.#untouched ? container : [];
  }
  protected nil(): LuaValue {
    return undefined;
  }
  protected boolean(value: boolean): LuaValue {
    return value;
  }
  protected float(value: number): LuaValue {
    return value;
  }
  protected integer(value: number): LuaValue {
    return value;
  }
  protected wideInteger(value: bigint): LuaValue {
    return value;
  }
  protected text(start: number, length: number): LuaValue {
    const { u8 } = this.instance;
    return decodeText(u8, start, length) ?? u8.slice(start, start + length);
  }
}
