/**
 * A Lua function held by JavaScript: a reference in the registry of one VM.
 * @module
 */
import type { LuaFunctionRef, LuaVm } from "../interface.ts";

export class FunctionRef implements LuaFunctionRef {
  constructor(
    readonly vm: LuaVm,
    readonly ref: number,
    readonly forget: (ref: number) => void,
  ) {}
  #released = false;
  release(): void {
    if (this.#released) return;
    this.#released = true;
    this.forget(this.ref);
  }
}
