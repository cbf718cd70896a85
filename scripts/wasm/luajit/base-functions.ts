import { AnchorError, once } from "../anchors.ts";
import type { StaticData } from "../texts/static-data.ts";
import type { WatModule } from "../wat-module.ts";

const float = 19;

/** A number as the message of `assert` is a text, as that of `error`: it gets the place of the call in front. */
export function placeNumbersOfAssert(module: WatModule, data: StaticData): void {
  const assert = once(data.usersOf(module, "assertion failed!"), "assert");
  const code = module.lines.slice(assert.end - 8, assert.end).join(" ");
  if (!/call \$lua_settop local\.get \$p0 call \$f\d+ \)/.test(code)) {
    throw new AnchorError("assert", "does not end in its error");
  }
  const raise = once(module.linesOf(assert, /^call \$f\d+$/), "error of assert");
  module.insertBefore(
    raise - 1,
    `local.get $p0
i32.const 1
i32.const 0
call ${module.exported("lua_tolstring")}
drop`,
  );
}

/** `tostring` answers whatever `__tostring` does, as in LuaJIT; who needs a text looks. */
export function answerAsMetamethod(module: WatModule, data: StaticData): void {
  const render = `call ${module.exported("luaL_tolstring")}`;
  const start = `local.get $p0 i32.const 1 call ${module.exported("luaL_checkany")}`;
  const plain = `${start} local.get $p0 i32.const 1 i32.const 0 ${render} drop i32.const 1 )`;
  const tostring = once(
    module.functions.filter((fn) => module.body(fn).join(" ").endsWith(plain)),
    "tostring",
  );
  const checked = once(module.linesOf(tostring, /^call \$luaL_checkany$/), "argument check of tostring");
  module.insertAfter(
    checked,
    `local.get $p0
i32.const 1
${data.constantOf("__tostring")}
call ${module.exported("luaL_callmeta")}
if $by_metamethod
i32.const 1
return
end`,
  );
}

/**
 * Digits in a base beyond 2^53 make a double, as all numbers of LuaJIT; what does not fit 64 bits is 2^64, as `strtoul` says
 * there. Lua 5.4 wraps round.
 */
export function readWideDigits(module: WatModule, data: StaticData): void {
  const tonumber = once(data.usersOf(module, "base out of range"), "tonumber");
  const added = once(module.linesOf(tonumber, /^i64\.add$/), "sum of digits");
  const digits = module.lines.slice(added - 6, added + 2).join(" ");
  const [, digit, sum, base] =
    /^(?:\S+ )?local\.get (\S+) i64\.extend_i32_s local\.get (\S+) local\.get (\S+) i64\.mul i64\.add local\.set \2$/.exec(
      digits,
    ) ?? [];
  const stored = once(module.linesOf(tonumber, /^i64\.store$/), "result of tonumber");
  const [, top] = /^local\.get (\S+)$/.exec(module.line(stored - 2)) ?? [];
  const minus = module.lines
    .slice(added, stored)
    .join(" ")
    .match(/local\.get (\S+) i32\.const 45 i32\.eq select/)?.[1];
  if (digit === undefined || top === undefined || minus === undefined) {
    throw new AnchorError("tonumber", "does not sum up digits as it did");
  }
  module.insertAfter(
    stored,
    `local.get $wide_sum
f64.const 0x1p53
f64.gt
if $wide
local.get ${top}
i32.const ${float}
i32.store8 offset=8
local.get ${top}
f64.const 0x1p64
i64.const 0
local.get ${sum}
i64.sub
local.get ${sum}
local.get ${minus}
i32.const 45
i32.eq
select
f64.convert_i64_u
local.get $wide_sum
f64.const 0x1p64
f64.ge
select
f64.const -1
f64.const 1
local.get ${minus}
i32.const 45
i32.eq
select
f64.mul
f64.store
end`,
  );
  module.insertAfter(
    added + 1,
    `local.get $wide_sum
local.get ${base}
f64.convert_i64_s
f64.mul
local.get ${digit}
f64.convert_i32_s
f64.add
local.set $wide_sum`,
  );
  module.insertAfter(tonumber.start, "(local $wide_sum f64)");
}
