import { AnchorError } from "../anchors.ts";
import { charge } from "../metering/budget.ts";
import type { WatModule } from "../wat-module.ts";

/** luaL_traceback: twice to find the last level, then the first it shows and each after that. */
const lookups = 4;

/**
 * A traceback looks for a level from where it found the one before, from the top or from the end, whichever is nearest:
 * lua_getstack counts from the top each time, thirty times for a traceback, which takes twenty milliseconds at a depth of a
 * hundred thousand, and the guard reads one when a deadline is over already.
 */
export function walkLevelsOnce(module: WatModule): void {
  const traceback = module.function(module.exported("luaL_traceback"));
  const getStack = module.exported("lua_getstack");
  const calls = module.linesOf(traceback, new RegExp(`^call \\${getStack}$`));
  if (calls.length !== lookups) {
    throw new AnchorError("luaL_traceback", `looks for a level in ${calls.length} places, expected ${lookups}`);
  }
  for (const call of calls) module.replace(call, "call $level_near");
  const { ci, base, previous, record } = offsets(module, getStack);
  module.insertAtStart(traceback, `local.get $p1\ncall $levels_from_top\ni32.const -1\nglobal.set $levels`);
  const globals = ["$near", "$near_level", "$levels"];
  module.addField("global", globals.map((name) => `(global ${name} (mut i32) (i32.const 0))`).join("\n"));
  const step = (to: string, by: 1 | -1) =>
    `global.get $near\ni32.load ${to}\nglobal.set $near\nglobal.get $near_level\ni32.const ${by}\ni32.add\nglobal.set $near_level`;
  module.addField(
    "func",
    `(func $levels_from_top (param $L i32)
local.get $L
i32.load ${ci}
global.set $near
i32.const 0
global.set $near_level)
(func $level_near (param $L i32) (param $level i32) (param $ar i32) (result i32) (local $base i32)
local.get $L
i32.const ${base}
i32.add
local.set $base
local.get $level
i32.const 0
i32.lt_s
if $none
i32.const 0
return
end
local.get $level
i32.const 1
i32.shl
global.get $near_level
i32.lt_u
if $nearer_to_the_top
local.get $L
call $levels_from_top
else
global.get $levels
local.get $level
i32.sub
local.get $level
global.get $near_level
i32.sub
i32.lt_u
if $nearer_to_the_end
local.get $base
global.set $near
global.get $levels
global.set $near_level
end
end
block $above
loop $back
global.get $near_level
local.get $level
i32.le_s
br_if $above
${charge}
${step(next(previous), -1)}
br $back
end
end
block $there
loop $on
global.get $near
local.get $base
i32.eq
if $no_more
global.get $near_level
global.set $levels
i32.const 0
return
end
global.get $near_level
local.get $level
i32.eq
br_if $there
${charge}
${step(previous, 1)}
br $on
end
end
local.get $ar
global.get $near
i32.store ${record}
i32.const 1)`,
  );
}

/** `for (ci = L->ci; level > 0 && ci != &L->base_ci; ci = ci->previous) …; ar->i_ci = ci`. */
function offsets(module: WatModule, getStack: string) {
  const body = module.body(module.function(getStack)).join(" ");
  const [, ci, base] =
    /i32\.load (offset=\d+) local\.tee \S+ local\.get \$p0 i32\.const (\d+) i32\.add/.exec(body) ?? [];
  const [, previous] = /loop \S+ local\.get \S+ i32\.load (offset=\d+)/.exec(body) ?? [];
  const [, record] = /local\.get \$p2 local\.get \S+ i32\.store (offset=\d+)/.exec(body) ?? [];
  if (ci === undefined || base === undefined || previous === undefined || record === undefined) {
    throw new AnchorError("lua_getstack", "does not walk the levels as it did");
  }
  return { ci, base, previous, record };
}

/** `CallInfo *previous, *next`. */
const next = (previous: string) => `offset=${Number(previous.slice("offset=".length)) + 4}`;
