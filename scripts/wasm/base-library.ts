import { AnchorError, once } from "./anchors.ts";
import type { StaticData } from "./texts/static-data.ts";
import type { WatFunction, WatModule } from "./wat-module.ts";

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
  module.insertAfter(
    withoutBase,
    `if $no_base (result i32)
i32.const 1
else
local.get $p0
i32.const 2
i32.const 0
call ${module.exported("lua_tointegerx")}
i64.const 10
i64.eq
end`,
  );
  skipPrefix(module, tonumber);
  const check = once(module.linesOf(tonumber, /^call \$luaL_checktype$/), "type check of tonumber");
  if (module.line(check - 1) !== `i32.const ${STRING}`) throw new AnchorError("tonumber", "does not want a string");
  module.replace(check - 1, "i32.const 0");
  module.replace(check, `call ${module.exported("luaL_checklstring")}\ndrop`);
}

/** `0x` in front of the digits, behind blanks and sign. */
function skipPrefix(module: WatModule, tonumber: WatFunction): void {
  const sign = once(module.linesOf(tonumber, /^i32\.const 43$/), "sign of tonumber");
  const base = once(module.linesOf(tonumber, /^i64\.extend32_s$/), "base of tonumber");
  const code = module.lines.slice(sign, sign + 6).join(" ");
  if (!/^i32\.const 43 i32\.eq i32\.or i32\.add local\.tee \S+ i32\.load8_u$/.test(code)) {
    throw new AnchorError("tonumber", "does not begin with a sign");
  }
  module.insertAfter(sign + 3, `${module.line(base - 1)}\ncall $behind_prefix`);
  module.addField(
    "func",
    `(func $behind_prefix (param $text i32) (param $base i64) (result i32)
local.get $text
local.get $text
i32.load16_u align=1
i32.const 0x2000
i32.or
i32.const 0x7830
i32.eq
local.get $base
i64.const 16
i64.eq
i32.and
i32.const 1
i32.shl
i32.add
)`,
  );
}
