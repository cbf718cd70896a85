/**
 * JavaScript values onto the Lua stack. Only data: nothing a Lua program gets this way leads back to JavaScript.
 * @module
 */

import { defaultLimits } from "../../limits.ts";
import { LuaResults, type LuaValue, LuaValueError } from "../interface.ts";
import type { LuaInstance } from "../wasm/instance.ts";
import { checkInt64 } from "./numbers.ts";
import { Packer } from "./pack.ts";
import { pushBytes, pushText } from "./text.ts";

export class Pusher {
  readonly #instance: LuaInstance;
  /** One per level: building a table may run a finaliser that pushes again. */
  readonly #packers: Packer[] = [];
  #depth = 0;

  constructor(
    instance: LuaInstance,
    private readonly valueDepth: number = defaultLimits.valueDepth,
  ) {
    this.#instance = instance;
  }

  /** Pushes one value. @throws LuaValueError for what cannot become Lua data, cycles and too deep nesting included */
  push(L: number, value: LuaValue): void {
    const { x, bridge } = this.#instance;
    switch (typeof value) {
      case "string":
        pushText(this.#instance, L, value);
        return;
      case "number":
        if (Number.isSafeInteger(value) && (value !== 0 || !Object.is(value, -0))) bridge.push_integer(L, value);
        else x.lua_pushnumber(L, value);
        return;
      case "boolean":
        x.lua_pushboolean(L, value ? 1 : 0);
        return;
      case "undefined":
        x.lua_pushnil(L);
        return;
      case "bigint":
        checkInt64(value);
        x.lua_pushinteger(L, value);
        return;
      case "object":
        if (value === null) x.lua_pushnil(L);
        else if (value instanceof Uint8Array) pushBytes(this.#instance, L, value);
        else this.#table(L, value as object);
        return;
      default:
        throw new LuaValueError(`cannot pass a ${typeof value} to Lua; only plain data crosses`);
    }
  }

  /** Pushes what a host function returned; answers the number of Lua values. */
  results(L: number, value: LuaValue | LuaResults): number {
    if (!(value instanceof LuaResults)) {
      this.push(L, value);
      return 1;
    }
    const { values } = value;
    if (values.length > 10 && this.#instance.x.lua_checkstack(L, values.length + 10) === 0) {
      throw new LuaValueError(`cannot pass ${values.length} values to Lua: its stack is full`);
    }
    for (const one of values) this.push(L, one);
    return values.length;
  }

  #table(L: number, value: object): void {
    const depth = this.#depth++;
    try {
      let packer = this.#packers[depth];
      if (!packer) {
        packer = new Packer(this.#instance, this.valueDepth);
        this.#packers.push(packer);
      }
      packer.push(L, value);
    } finally {
      this.#depth--;
    }
  }
}
