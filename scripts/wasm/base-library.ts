import { AnchorError, once } from "./anchors.ts";
import type { StaticData } from "./texts/static-data.ts";
import type { WatModule } from "./wat-module.ts";

const TABLE = 5;
const STRING = 4;

/**
 * `pairs` of what is no table fails in `pairs` itself, as in LuaJIT; Lua 5.4 lets the loop's first step fail, in words that
 * name a 'for iterator'.
 */
export function refuseInPairs(module: WatModule, data: StaticData): void {
  const pairs = once(data.usersOf(module, "__pairs"), "pairs");
  const any = once(module.linesOf(pairs, /^call \$luaL_checkany$/), "argument check of pairs");
  const plain = once(module.linesOf(pairs, /^if /), "pairs without a metamethod");
  if (any !== pairs.start + 3 || module.line(plain - 1) !== "i32.eqz") {
    throw new AnchorError("pairs", "does not begin with its argument check");
  }
  for (let line = any - 2; line <= any; line++) module.replace(line, "");
  module.insertAfter(
    plain,
    `local.get $p0\ni32.const 1\ni32.const ${TABLE}\ncall ${module.exported("luaL_checktype")}`,
  );
}

/** So does `unpack`; Lua 5.4 has the length of what it was given fail, in no place. */
export function refuseInUnpack(module: WatModule, data: StaticData): void {
  const unpack = once(data.usersOf(module, "too many results to unpack"), "unpack");
  module.insertAtStart(
    unpack,
    `local.get $p0\ni32.const 1\ni32.const ${TABLE}\ncall ${module.exported("luaL_checktype")}`,
  );
}

/**
 * `tonumber` with a base as in LuaJIT: base 10 is no base at all (`tonumber(5, 10)`, `tonumber("1.5", 10)`), base 16 takes
 * `0x`, and other bases take numbers for their text.
 */
export function takeNumbersWithBase(module: WatModule, data: StaticData): void {
  const tonumber = once(data.usersOf(module, "base out of range"), "tonumber");
  const type = module.exported("lua_type");
  const withoutBase = once(
    module.linesOf(tonumber, /^i32\.le_s$/).filter((line) => {
      const before = module.lines.slice(line - 4, line).join(" ");
      return before === `local.get $p0 i32.const 2 call ${type} i32.const 0`;
    }),
    "tonumber without a base",
  );
  module.addField(
    "func",
    `(func $ordinary_base (param $L i32) (result i32)
  (local $base i64) (local $text i32)
  local.get $L
  i32.const 2
  i32.const 0
  call ${module.exported("lua_tointegerx")}
  local.tee $base
  i64.const 10
  i64.eq
  if $decimal
  i32.const 1
  return
  end
  local.get $base
  i64.const 16
  i64.ne
  if $other
  i32.const 0
  return
  end
  local.get $L
  i32.const 1
  i32.const 0
  call ${module.exported("lua_tolstring")}
  local.tee $text
  i32.eqz
  if $no_text
  i32.const 0
  return
  end
  local.get $text
  i32.load16_u align=1
  i32.const 0x2020
  i32.or
  i32.const 0x7830
  i32.eq
)`,
  );
  module.insertAfter(
    withoutBase,
    "if $no_base (result i32)\ni32.const 1\nelse\nlocal.get $p0\ncall $ordinary_base\nend",
  );
  const check = once(module.linesOf(tonumber, /^call \$luaL_checktype$/), "type check of tonumber");
  if (module.line(check - 1) !== `i32.const ${STRING}`) throw new AnchorError("tonumber", "does not want a string");
  module.replace(check - 1, "i32.const 0");
  module.replace(check, `call ${module.exported("luaL_checklstring")}\ndrop`);
}
