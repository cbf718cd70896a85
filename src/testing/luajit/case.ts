/**
 * One thing LuaJIT does: data for test runners of every engine.
 * @module
 */
import type { LuaValue } from "../../lua/interface.ts";

export interface LuaJitCase {
  readonly name: string;
  readonly code: string;
  /** What the code returns, as JSON. */
  readonly expect: LuaValue;
  /** It goes as deep as the engine's own stack allows with the small frames of code that has run for a while. */
  readonly nests?: true;
}
