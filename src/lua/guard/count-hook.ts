/**
 * The guard's eye in a wasm that counts nothing itself: a hook, which comes every so many instructions. Fetched with such
 * a wasm.
 * @module
 */
import type { LuaInstance } from "../wasm/instance.ts";
import { hookMask } from "../wasm/wasm-exports.ts";
import type { Guard } from "./guard.ts";

const INSTRUCTIONS = 10_000;
const EVERY_STEP = hookMask.call | hookMask.line | hookMask.count;

/** Every thread inherits the hook from the one that creates it. */
export function armCountHook({ x, slots, mainState, jobState }: LuaInstance): void {
  for (const L of [mainState, jobState]) x.lua_sethook(L, slots.guardHook, hookMask.count, INSTRUCTIONS);
}

/** Import host_hook: answers as {@link Guard.hit}. */
export function countHook(guard: Guard, { x, slots, mainState }: LuaInstance, L: number): number {
  const run = guard.current;
  if (!run) return 0;
  run.instructionsUsed += run.stopped ? 1 : INSTRUCTIONS;
  if (!guard.over(run)) {
    x.lua_sethook(L, slots.guardHook, hookMask.count, INSTRUCTIONS);
    return 0;
  }
  x.lua_sethook(L, slots.guardHook, EVERY_STEP, 1);
  x.lua_sethook(mainState, slots.guardHook, EVERY_STEP, 1);
  return guard.end(L, run, true);
}
