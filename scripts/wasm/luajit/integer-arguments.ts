import { AnchorError, once } from "../anchors.ts";
import type { StaticData } from "../texts/static-data.ts";
import type { WatModule } from "../wat-module.ts";

const refusal = "number has no integer representation";

/**
 * Integer arguments as LuaJIT takes them: `("x"):rep(2.7)` and `("%d"):format(3.5)` drop the fraction (vulcan-api.md
 * §16.1). luaL_checkinteger and luaL_optinteger call one function to refuse a value; in its place comes one that
 * truncates numbers and leaves the rest to the refusal. Out-of-range numbers saturate; NaN is the smallest integer, which
 * is what LuaJIT prints for `("%d"):format(0 / 0)`.
 */
export function truncateIntegerArguments(module: WatModule, data: StaticData): void {
  const refuse = once(data.usersOf(module, refusal), "refusal of integer arguments").name;
  module.addField(
    "func",
    `(func $integer_argument (param $L i32) (param $arg i32) (result i64)
  (local $number f64)
  local.get $L
  local.get $arg
  call ${module.exported("lua_isnumber")}
  if $number_given
  local.get $L
  local.get $arg
  i32.const 0
  call ${module.exported("lua_tonumberx")}
  local.tee $number
  i64.trunc_sat_f64_s
  i64.const 0x8000000000000000
  local.get $number
  local.get $number
  f64.eq
  select
  return
  end
  local.get $L
  local.get $arg
  call ${refuse}
  i64.const 0
)`,
  );
  const check = module.function(module.exported("luaL_checkinteger"));
  const refused = once(module.linesOf(check, new RegExp(`^call \\${refuse}$`)), "refusal in luaL_checkinteger");
  // The answer of lua_tointegerx waits on the stack below the test; it has to be a local to be replaced.
  const read = once(module.linesOf(check, /^call \$lua_tointegerx$/), "lua_tointegerx in luaL_checkinteger");
  const spare = /\(local .*(\$l\d+) i64\)$/.exec(module.line(check.start + 1))?.[1];
  if (spare === undefined) throw new AnchorError("luaL_checkinteger", "has no spare local");
  if (module.body(check).some((line) => line.endsWith(` ${spare}`))) throw new AnchorError("spare local", "is used");
  if (module.line(refused + 1) !== "end") throw new AnchorError("luaL_checkinteger", "goes on after the refusal");
  module.insertAfter(read, `local.set ${spare}`);
  module.replace(refused, `call $integer_argument\nlocal.set ${spare}`);
  module.insertAfter(refused + 1, `local.get ${spare}`);

  const optional = module.function(module.exported("luaL_optinteger"));
  const refusedOptional = once(
    module.linesOf(optional, new RegExp(`^call \\${refuse}$`)),
    "refusal in luaL_optinteger",
  );
  if (module.linesOf(optional, /^local\.set \$p2$/).length !== 1 || module.line(optional.end - 2) !== "local.get $p2") {
    throw new AnchorError("luaL_optinteger", "does not answer its third parameter");
  }
  module.replace(refusedOptional, "call $integer_argument\nlocal.set $p2");
}
