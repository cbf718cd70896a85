import { AnchorError, once } from "../anchors.ts";
import { findDispatch } from "../metering/vm-ticks.ts";
import type { StaticData } from "../texts/static-data.ts";
import type { WatModule } from "../wat-module.ts";

const moduloByZero = "attempt to perform 'n%%0'";
const valueExpected = "value expected";
const float = 19;

/** `5 % 0` and `math.fmod(5, 0)` are NaN, as all of LuaJIT's numbers are doubles; Lua 5.4 raises for integers. */
export function divideByZero(module: WatModule, data: StaticData): void {
  const { execute } = findDispatch(module);
  const text = data.constantOf(moduloByZero);
  const errors = module.linesOf(execute, /^i32\.const /).filter((line) => module.line(line) === text);
  if (errors.length !== 2) throw new AnchorError("OP_MOD and OP_MODK", `raise ${errors.length} times, expected twice`);
  for (const line of errors) {
    const code = module.lines.slice(line, line + 40).join(" ");
    const [, result, tag, stored] =
      /f64\.reinterpret_i64 local\.set (\S+) i32\.const 3 local\.set (\S+) br (\S+) /.exec(code) ?? [];
    if (result === undefined || module.line(line - 1) !== "local.get $p0") {
      throw new AnchorError("OP_MOD", "does not store its result as it did");
    }
    module.insertBefore(
      line - 1,
      `f64.const nan\nlocal.set ${result}\ni32.const ${float}\nlocal.set ${tag}\nbr ${stored}`,
    );
  }
  const fmod = once(
    module.functions.filter(
      (fn) =>
        /\(param \$p0 i32\) \(result i32\)$/.test(module.line(fn.start)) &&
        module.linesOf(fn, /^i64\.rem_s$/).length > 0,
    ),
    "math.fmod",
  );
  const refusal =
    once(module.linesOf(fmod, new RegExp(`^call \\${module.exported("luaL_argerror")}$`)), "refusal of math.fmod") - 1;
  if (module.lines.slice(refusal - 2, refusal).join(" ") !== "local.get $p0 i32.const 2") {
    throw new AnchorError("math.fmod", "does not refuse its second argument");
  }
  module.insertBefore(
    refusal - 2,
    `local.get $p0\nf64.const nan\ncall ${module.exported("lua_pushnumber")}\ni32.const 1\nreturn`,
  );
}

/** `math.max` and `math.min` take numbers, and texts of numbers; Lua 5.4 compares whatever it is given. */
export function compareNumbersOnly(module: WatModule, data: StaticData): void {
  const compare = `call ${module.exported("lua_compare")}`;
  const functions = data
    .usersOf(module, valueExpected)
    .filter(
      (fn) => module.body(fn).includes(compare) && /\(param \$p0 i32\) \(result i32\)$/.test(module.line(fn.start)),
    );
  if (functions.length !== 2) throw new AnchorError("math.max, math.min", `found ${functions.length} functions`);
  module.addField(
    "func",
    `(func $numbers_only (param $L i32) (local $i i32)
loop $next
local.get $L
local.get $i
i32.const 1
i32.add
local.tee $i
call ${module.exported("lua_type")}
i32.const 3
i32.ne
if $other
local.get $L
local.get $L
local.get $i
call ${module.exported("luaL_checknumber")}
call ${module.exported("lua_pushnumber")}
local.get $L
i32.const -1
local.get $i
call ${module.exported("lua_copy")}
local.get $L
i32.const -2
call ${module.exported("lua_settop")}
end
local.get $i
local.get $L
call ${module.exported("lua_gettop")}
i32.lt_s
br_if $next
end)`,
  );
  for (const fn of functions) module.insertAtStart(fn, "local.get $p0\ncall $numbers_only");
}
