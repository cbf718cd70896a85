/**
 * The budget: an exported global that counted places decrement, and the import `env.guard_hit(L, where)` that is called
 * only when it has run out. JavaScript sets a slice (10,000), looks at the clock in `guard_hit`, and refills.
 *
 * `where` tells what may be done. 0: between two VM instructions; the stack top is not set, so never push or raise, arm
 * the hook (`lua_sethook` with `meter_hook`) and return 0. 1: inside that hook, 2: the loop of a C function or the
 * parser, 3: the pattern matcher; push the error value and return 1, `lua_error` then runs inside wasm and unwinds no JavaScript frame.
 * Elsewhere than at 0, 2 suspends the whole stack through the bridge's `host_wait` (JSPI), for a run that is over, and 3
 * suspends it for a moment: it goes on after `guard_hit(ticket, 4)`. In the hook, 4 yields the coroutine for a moment. 5: inside
 * the core (collector, tables), where nothing may be raised and `L` is 0: a run that is over ends there by an exception of
 * JavaScript, which the VM does not survive, or goes on.
 * @module
 */
import type { WatModule } from "../wat-module.ts";

export const where = { vm: 0, hook: 1, cLoop: 2, matcher: 3, resumed: 4, core: 5 } as const;

const take = (amount: string) => `global.get $meter_budget\n${amount}\ni32.sub\nglobal.set $meter_budget`;

/** Takes `units` and never stops. */
export const spend = (units: number): string => take(`i32.const ${units}`);

/** Counts one unit and never stops: for places where raising would catch the core in the middle of a change. */
export const charge = spend(1);

/** Counts one unit; runs `whenSpent` once the budget is below zero. */
const tick = (whenSpent: string) => `${charge}\nglobal.get $meter_budget\ni32.const 0\ni32.lt_s\nif\n${whenSpent}\nend`;

/** A tick inside luaV_execute: `L` is parameter 0. */
export const vmTick = tick(`local.get $p0\ni32.const ${where.vm}\ncall $guard_hit\ndrop`);

/** A tick inside the core. */
export const coreTick = tick(`i32.const 0\ni32.const ${where.core}\ncall $guard_hit\ndrop`);

/** A tick where an error may be raised on the spot. */
export function raisingTick(module: WatModule, luaState: string, place: number): string {
  return tick(raiseIfTold(module, luaState, place));
}

function raiseIfTold(module: WatModule, luaState: string, place: number): string {
  const luaError = module.exported("lua_error");
  return `local.get ${luaState}\ni32.const ${place}\ncall $guard_tick\nif\nlocal.get ${luaState}\ncall ${luaError}\ndrop\nend`;
}

export function addBudget(module: WatModule): void {
  module.addField("import", '(import "env" "guard_hit" (func $guard_hit (param i32 i32) (result i32)))');
  module.addField("global", "(global $meter_budget (mut i32) (i32.const 2147483647))");
  module.addField(
    "func",
    `(func $meter_charge (param $n i32) (result i32)
${take("local.get $n\ni32.const 6\ni32.shr_u")}
local.get $n)
(func $guard_tick (param $L i32) (param $where i32) (result i32) (local $answer i32)
local.get $L
local.get $where
call $guard_hit
local.tee $answer
i32.const 1
i32.le_u
if $no_pause
local.get $answer
return
end
local.get $L
call $host_wait
i32.const ${where.resumed}
call $guard_hit
drop
i32.const 0)
(func $meter_hook (param $L i32) (param $ar i32) (local $answer i32)
local.get $L
i32.const ${where.hook}
call $guard_hit
local.tee $answer
i32.const 1
i32.eq
if $raise
local.get $L
call ${module.exported("lua_error")}
drop
end
local.get $answer
i32.const 4
i32.eq
if $yield
local.get $L
i32.const 0
i32.const 0
i32.const 0
call ${module.exported("lua_yieldk")}
drop
return
end
local.get $answer
if $wait
local.get $L
call $host_wait
i32.const ${where.resumed}
call $guard_hit
drop
end)`,
  );
  module.addField(
    "func",
    `(func $meter_swap (param $budget i32) (result i32)
global.get $meter_budget
local.get $budget
global.set $meter_budget)`,
  );
  module.addField("export", '(export "meter_budget" (global $meter_budget))');
  module.addField("export", '(export "meter_swap" (func $meter_swap))');
  module.addField("export", '(export "meter_hook" (func $meter_hook))');
}
