import { AnchorError, once } from "../anchors.ts";
import type { StaticData } from "../texts/static-data.ts";
import type { WatModule } from "../wat-module.ts";

const refusal = "attempt to compare two %s values";
/** Numbers of the metamethods (TMS) in Lua 5.4. */
const lessThan = 20;
const lessOrEqual = 21;
/** Calls the metamethod `$p3` of `$p1` and `$p2`; its answer goes to the top of the stack. */
const tried =
  /local\.get \$p0 local\.get \$p1 local\.get \$p2 local\.get \$p0 i32\.load (offset=\d+) local\.get \$p3 call (\S+) if /;

/**
 * `a <= b` without `__le` is `not (b < a)`, as in LuaJIT (vulcan-api.md §16.3); Lua 5.4 has it only when built with
 * LUA_COMPAT_LT_LE. A `__lt` called this way may not yield: what resumes it would not know to negate its answer.
 */
export function deriveLessOrEqual(module: WatModule, data: StaticData): void {
  const refuse = once(data.usersOf(module, refusal), "luaG_ordererror").name;
  const callers = module.functions.filter((fn) => module.body(fn).includes(`call ${refuse}`));
  const compare = once(
    callers.filter((fn) =>
      /\(param \$p0 i32\) \(param \$p1 i32\) \(param \$p2 i32\) \(param \$p3 i32\) \(result i32\)$/.test(
        module.line(fn.start),
      ),
    ),
    "luaT_callorderTM",
  );
  const compareInteger = once(
    callers.filter((fn) => fn !== compare),
    "luaT_callorderiTM",
  );

  const attempt = tried.exec(module.body(compare).join(" "));
  if (!attempt) throw new AnchorError("luaT_callorderTM", "does not try the metamethod first");
  const [, top, metamethod] = attempt;
  const counter = yieldCounter(module);
  const bump = (by: "add" | "sub") =>
    `local.get $p0\nlocal.get $p0\ni32.load ${counter}\ni32.const 65536\ni32.${by}\ni32.store ${counter}`;
  const error = once(module.linesOf(compare, new RegExp(`^call \\${refuse}$`)), "error of luaT_callorderTM");
  module.insertBefore(
    error - 3,
    `local.get $p3
i32.const ${lessOrEqual}
i32.eq
if $by_less_than
${bump("add")}
local.get $p0
local.get $p2
local.get $p1
local.get $p0
i32.load ${top}
i32.const ${lessThan}
call ${metamethod}
local.set $p3
${bump("sub")}
local.get $p3
if $found
local.get $p0
i32.load ${top}
i32.load8_u offset=8
local.tee $p0
i32.const 1
i32.eq
local.get $p0
i32.const 15
i32.and
i32.eqz
i32.or
return
end
end`,
  );

  // With a number on one side the same function decides, after this one has put the number into a value.
  const integerError = once(
    module.linesOf(compareInteger, new RegExp(`^call \\${refuse}$`)),
    "error of luaT_callorderiTM",
  );
  const text = module.lines.slice(integerError - 3, integerError + 3).join(" ");
  if (text !== `local.get $p0 local.get $p2 local.get $p1 call ${refuse} unreachable end`) {
    throw new AnchorError("luaT_callorderiTM", "does not end in its error");
  }
  module.replace(
    integerError,
    `local.get $p5
call ${compare.name}
local.get $l6
i32.const 16
i32.add
global.set $g0
return`,
  );
}

/** Where a state counts the C calls in whose depth nothing may yield: what lua_isyieldable looks at. */
function yieldCounter(module: WatModule): string {
  const body = module.body(module.function(module.exported("lua_isyieldable"))).join(" ");
  const offset = /local\.get \$p0 i32\.load (offset=\d+) i32\.const 65536 i32\.lt_u/.exec(body)?.[1];
  if (offset === undefined) throw new AnchorError("lua_isyieldable", "does not look at the call counter");
  return offset;
}
