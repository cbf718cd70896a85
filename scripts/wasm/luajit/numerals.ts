import { AnchorError, once } from "../anchors.ts";
import type { StaticData } from "../texts/static-data.ts";
import type { WatFunction, WatModule } from "../wat-module.ts";

const malformed = "malformed number";
/** What is said of a numeral with a suffix of LuaJIT's. */
export const suffixed = "malformed number (64 bits: require('ffi').new('int64_t', n))";

/**
 * Numbers as LuaJIT spells them: `0b101` in the source and in texts, `inf` and `nan` in texts. */
export function spellNumbersAsLuaJit(module: WatModule): void {
  const convert = module.function(
    once(
      module
        .body(module.function(module.exported("lua_stringtonumber")))
        .flatMap((line) => /^call (\$f\d+)$/.exec(line)?.[1] ?? [])
        .slice(0, 1),
      "luaO_str2num",
    ),
  );
  readBinary(module, convert);
  readInfinity(module, convert);
}

/** The loop of hexadecimal digits reads binary ones by another shift. */
function readBinary(module: WatModule, fn: WatFunction): void {
  const marker = once(
    module.linesOf(fn, /^i32\.const 120$/).filter((line) => module.line(line + 1) === "i32.ne"),
    "0x",
  );
  const shift = once(
    module.linesOf(fn, /^i64\.const 4$/).filter((line) => module.line(line + 1) === "i64.shl"),
    "hexadecimal digits",
  );
  const digits = module.linesOf(fn, /^i32\.const 16$/).filter((line) => module.line(line + 1) === "i32.and");
  const digit = digits.map((line) => /^local\.tee (\$\w+)$/.exec(module.line(line - 4))?.[1] ?? module.line(line - 4));
  if (digits.length !== 2) throw new AnchorError("hexadecimal digits", `are looked for ${digits.length} times`);
  const current = /^\$\w+$/.exec(digit[0] ?? "")?.[0];
  if (current === undefined || digit[1] !== `local.get ${current}`) {
    throw new AnchorError("hexadecimal digits", "are not where they were");
  }
  module.insertAfter(fn.start, "(local $shift i64)");
  // 'x' is 120 and 'b' is 98.
  module.replace(
    marker,
    `call $digit_bits
local.tee $shift
i64.eqz`,
  );
  module.replace(marker + 1, "");
  module.replace(shift, "local.get $shift");
  for (const line of digits) {
    module.insertAfter(line + 1, `local.get ${current}\nlocal.get $shift\ncall $is_digit\ni32.mul`);
  }
  module.addField(
    "func",
    `(func $digit_bits (param $letter i32) (result i64)
i64.const 4
i64.const 1
i64.const 0
local.get $letter
i32.const 98
i32.eq
select
local.get $letter
i32.const 120
i32.eq
select
)`,
  );
  module.addField(
    "func",
    `(func $is_digit (param $letter i32) (param $bits i64) (result i32)
local.get $letter
i32.const 1
i32.or
i32.const 49
i32.eq
local.get $bits
i64.const 4
i64.eq
i32.or
)`,
  );
}

/** Texts with an n were refused before strtod saw them. */
function readInfinity(module: WatModule, fn: WatFunction): void {
  const at = once(
    module.linesOf(fn, /^i32\.const 78$/).filter((line) => {
      return module.lines.slice(line - 2, line + 2).join(" ") === "i32.const 223 i32.and i32.const 78 i32.eq";
    }),
    "refusal of nan and inf",
  );
  module.replace(at, "i32.const 0");
}

/**
 * The suffixes `LL`, `ULL` and `i` make cdata, which no constant of Lua 5.4 can be: the error says what to write instead, by the
 * text that lies at `address`. The last letter of what was read stands in front of the zero that closes it.
 */
export function explainSuffixes(module: WatModule, data: StaticData, address: number): void {
  const lexer = once(data.usersOf(module, malformed), "lexer");
  const at = once(module.linesOf(lexer, new RegExp(`^${data.constantOf(malformed)}$`)), "malformed number");
  const before = module.lines.slice(at - 40, at).join(" ");
  const [, end, start] =
    /local\.get (\$\w+) local\.get (\$\w+) i32\.add i32\.const 0 i32\.store8 local\.get \$p0 i32\.load offset=60/.exec(
      before,
    ) ?? [];
  if (end === undefined) throw new AnchorError("numerals", "are not closed by a zero");
  module.replace(
    at,
    `i32.const ${address}
i32.const ${data.address(malformed)}
local.get ${end}
local.get ${start}
i32.add
i32.const 1
i32.sub
i32.load8_u
i32.const 32
i32.or
call $is_suffix
select`,
  );
  module.addField(
    "func",
    `(func $is_suffix (param $letter i32) (result i32)
${["l", "u", "i"].map((letter) => `local.get $letter\ni32.const ${letter.charCodeAt(0)}\ni32.eq`).join("\n")}
i32.or
i32.or
)`,
  );
}
