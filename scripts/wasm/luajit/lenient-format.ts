import { AnchorError, once } from "../anchors.ts";
import type { StaticData } from "../texts/static-data.ts";
import type { WatFunction, WatModule } from "../wat-module.ts";

const unknown = "invalid conversion '%s' to 'format'";
const zeros = "string contains zeros";
const noLiteral = "value has no literal form";
/** Letters of the conversions, as the branch table counts them. */
const letter = (of: string) => of.charCodeAt(0) - "A".charCodeAt(0);
/** Flags as bits. */
const flags = { minus: 1, plus: 2, space: 4, sharp: 8, zero: 16 } as const;
const all = 31;
/** What C's printf knows for a conversion; LuaJIT lets everything else pass without an effect. */
const known: Readonly<Record<string, number>> = {
  c: flags.minus,
  p: flags.minus,
  s: flags.minus,
  d: flags.minus | flags.plus | flags.space | flags.zero,
  i: flags.minus | flags.plus | flags.space | flags.zero,
  u: flags.minus | flags.zero,
  o: flags.minus | flags.sharp | flags.zero,
  x: flags.minus | flags.sharp | flags.zero,
  X: flags.minus | flags.sharp | flags.zero,
  q: 0,
};
const [without, quoted] = ["cp", "q"];

/**
 * string.format as lenient as LuaJIT's: flags, widths and precisions that mean nothing to a conversion are dropped instead
 * of refused, `%F` is `%f`, a text with zeros may have a width, and `%q` takes any value by its text.
 */
export function formatLeniently(module: WatModule, data: StaticData): void {
  const format = once(data.usersOf(module, unknown), "string.format");
  // The conversion is copied behind a `%` and closed by a zero; then its letter decides.
  const decide = once(
    module
      .linesOf(format, /^br_table /)
      .filter((line) => module.line(line - 1) === "i32.sub" && module.line(line - 2) === "i32.const 65"),
    "choice of the conversion",
  );
  const choice = module.lines.slice(decide - 6, decide).join(" ");
  const sources = /^local\.get (\$\w+) local\.get (\$\w+) i32\.add i32\.load8_s i32\.const 65 i32\.sub$/.exec(choice);
  const close = once(
    module.linesOf(format, /^memory\.copy$/).filter((line) => line < decide),
    "copy of the conversion",
  );
  const copied = module.lines.slice(close, close + 7).join(" ");
  const target =
    /^memory\.copy local\.get (\$\w+) local\.tee \$\w+ local\.get (\$\w+) i32\.add i32\.const 0 i32\.store8$/.exec(
      copied,
    );
  if (!sources || !target) throw new AnchorError("string.format", "does not copy a conversion as it did");
  module.insertAfter(
    close + 6,
    `local.get ${target[1]}\nlocal.get ${sources[1]}\nlocal.get ${sources[2]}\ni32.add\ni32.load8_u\ncall $drop_idle_flags`,
  );
  const labels = module.line(decide).split(" ");
  labels[1 + letter("F")] = labels[1 + letter("f")] ?? "";
  module.replace(decide, labels.join(" "));
  overflowDownwards(module, format);
  padBytes(module, data, format);
  quoteAnything(module, data, format);
  module.addField("func", dropIdleFlags());
}

/**
 * A number beyond 64 bits is what the processor makes of it, the smallest integer: `%d` of 1e20 is -9223372036854775808. As
 * an argument of other functions it saturates (integer-arguments.ts): `("x"):sub(1, math.huge)` is all of the text.
 */
function overflowDownwards(module: WatModule, format: WatFunction): void {
  const check = `call ${module.exported("luaL_checkinteger")}`;
  const calls = module.linesOf(format, new RegExp(`^${check.replace("$", "\\$")}$`));
  if (calls.length === 0) throw new AnchorError("string.format", "does not take integers as it did");
  for (const line of calls) module.replace(line, "call $integer_to_print");
  module.addField(
    "func",
    `(func $integer_to_print (param $L i32) (param $arg i32) (result i64)
  (local $n i64)
  local.get $L
  local.get $arg
  ${check}
  local.tee $n
  i64.const 0x7fffffffffffffff
  i64.eq
  if $most
  local.get $L
  local.get $arg
  call ${module.exported("lua_isinteger")}
  i32.eqz
  if $saturated
  i64.const 0x8000000000000000
  return
  end
  end
  local.get $n
)`,
  );
}

/** `%5s` of a text with zeros: what printf would do, into the buffer that waits for printf. */
function padBytes(
  module: WatModule,
  data: StaticData,
  format: { readonly start: number; readonly end: number; readonly name: string },
): void {
  const fn = module.function(format.name);
  const text = once(module.linesOf(fn, new RegExp(`^${data.constantOf(zeros)}$`)), "refusal of zeros");
  const test = module.lines.slice(text - 8, text - 2).join(" ");
  const found = /^local\.get (\$\w+) i32\.load (offset=\d+) local\.get (\$\w+) call (\S+) i32\.ne if \$\w+$/.exec(test);
  const print = module.lines.slice(text, fn.end).join(" ");
  const buffers =
    /call \$luaL_addvalue i32\.const 0 local\.set (\$\w+) br (\$\w+) end local\.get (\$\w+) local\.get \$\w+ i32\.store offset=\d+ local\.get (\$\w+) i32\.const 120 local\.get \3 i32\.const (\d+) i32\.add /.exec(
      print,
    );
  const value = /local\.get (\$\w+) i32\.const (\d+) i32\.add call \$luaL_addvalue/.exec(print);
  if (!found || !buffers || !value || module.line(text + 1) !== "call $luaL_argerror") {
    throw new AnchorError("string.format", "does not refuse zeros as it did");
  }
  const [, frame, length, bytes] = found;
  const [, written, done, , buffer, form] = buffers;
  for (let line = text - 2; line <= text + 2; line++) module.replace(line, "");
  module.replace(
    text,
    `local.get ${buffer}
local.get ${frame}
i32.const ${form}
i32.add
local.get ${bytes}
local.get ${frame}
i32.load ${length}
call $pad_bytes
local.tee ${written}
i32.const 0
i32.lt_s
if $whole
local.get ${frame}
i32.const ${value[2]}
i32.add
call $luaL_addvalue
i32.const 0
local.set ${written}
else
local.get $p0
i32.const -2
call ${module.exported("lua_settop")}
end
br ${done}`,
  );
  module.addField("func", padBytesText);
}

/** What is neither text nor number goes by its text, and so do numbers: `%q` of 5 is `"5"`. */
function quoteAnything(module: WatModule, data: StaticData, format: { readonly name: string }): void {
  const fn = module.function(format.name);
  const refusal = once(module.linesOf(fn, new RegExp(`^${data.constantOf(noLiteral)}$`)), "refusal of %q");
  const choice = once(
    module
      .linesOf(fn, /^br_table /)
      .filter((line) => line < refusal && module.line(line - 1) === "call $lua_type" && refusal - line < 400),
    "choice of %q",
  );
  const [, argument] =
    /^local\.get \$p0 local\.get (\$\w+) call \$lua_type$/.exec(module.lines.slice(choice - 3, choice).join(" ")) ?? [];
  if (argument === undefined) throw new AnchorError("%q", "does not look at the type of its argument");
  module.insertBefore(
    choice - 3,
    `local.get $p0
local.get ${argument}
call $lua_type
i32.const 4
i32.ne
if $other
local.get $p0
local.get ${argument}
i32.const 0
call ${module.exported("luaL_tolstring")}
drop
local.get $p0
i32.const -1
local.get ${argument}
call ${module.exported("lua_copy")}
local.get $p0
i32.const -2
call ${module.exported("lua_settop")}
end`,
  );
}

/** (the conversion behind its `%`, its letter): rewrites it in place. */
function dropIdleFlags(): string {
  const allowed = Object.entries(known)
    .map(
      ([of, bits]) =>
        `local.get $letter\ni32.const ${of.charCodeAt(0)}\ni32.eq\nif $is\ni32.const ${bits}\nlocal.set $allowed\nend`,
    )
    .join("\n");
  const bit = Object.entries({ "-": flags.minus, "+": flags.plus, " ": flags.space, "#": flags.sharp, "0": flags.zero })
    .map(
      ([of, bits]) =>
        `local.get $c\ni32.const ${of.charCodeAt(0)}\ni32.eq\nif $is\ni32.const ${bits}\nlocal.set $bit\nend`,
    )
    .join("\n");
  const isDigit = "i32.const 48\ni32.sub\ni32.const 10\ni32.lt_u";
  const is = (letters: string | undefined) =>
    [...(letters ?? "")]
      .map((of, i) => `local.get $letter\ni32.const ${of.charCodeAt(0)}\ni32.eq${i > 0 ? "\ni32.or" : ""}`)
      .join("\n");
  const put = "local.get $to\nlocal.get $c\ni32.store8\nlocal.get $to\ni32.const 1\ni32.add\nlocal.set $to";
  const next = "local.get $from\ni32.const 1\ni32.add\nlocal.set $from";
  return `(func $drop_idle_flags (param $from i32) (param $letter i32)
  (local $to i32) (local $c i32) (local $bit i32) (local $allowed i32)
  local.get $from
  local.set $to
  i32.const ${all}
  local.set $allowed
  ${allowed}
  block $flags_end
  loop $flags
  local.get $from
  i32.load8_u
  local.set $c
  i32.const 0
  local.set $bit
  ${bit}
  local.get $bit
  i32.eqz
  br_if $flags_end
  ${next}
  local.get $bit
  local.get $allowed
  i32.and
  i32.eqz
  br_if $flags
  ${put}
  br $flags
  end
  end
  block $width_end
  loop $width
  local.get $from
  i32.load8_u
  local.tee $c
  ${isDigit}
  i32.eqz
  br_if $width_end
  ${next}
  ${is(quoted)}
  br_if $width
  ${put}
  br $width
  end
  end
  local.get $c
  i32.const 46
  i32.eq
  if $precision
  ${is(`${without}${quoted}`)}
  if $idle
  ${next}
  block $digits_end
  loop $digits
  local.get $from
  i32.load8_u
  ${isDigit}
  i32.eqz
  br_if $digits_end
  ${next}
  br $digits
  end
  end
  end
  end
  loop $rest
  local.get $from
  i32.load8_u
  local.set $c
  ${next}
  ${put}
  local.get $c
  br_if $rest
  end
)`;
}

/** (buffer, conversion, text, its length): bytes written, at most 99; -1 where the text goes as it is. */
const padBytesText = `(func $pad_bytes (param $buffer i32) (param $form i32) (param $text i32) (param $length i32) (result i32)
  (local $c i32) (local $left i32) (local $width i32) (local $precision i32) (local $cut i32)
  loop $flags
  local.get $form
  i32.const 1
  i32.add
  local.tee $form
  i32.load8_u
  local.tee $c
  i32.const 45
  i32.eq
  if $minus
  i32.const 1
  local.set $left
  br $flags
  end
  end
  block $width_end
  loop $digits
  local.get $c
  i32.const 48
  i32.sub
  i32.const 10
  i32.ge_u
  br_if $width_end
  local.get $width
  i32.const 10
  i32.mul
  local.get $c
  i32.const 48
  i32.sub
  i32.add
  local.set $width
  local.get $form
  i32.const 1
  i32.add
  local.tee $form
  i32.load8_u
  local.set $c
  br $digits
  end
  end
  local.get $c
  i32.const 46
  i32.eq
  if $point
  block $precision_end
  loop $digits
  local.get $form
  i32.const 1
  i32.add
  local.tee $form
  i32.load8_u
  i32.const 48
  i32.sub
  local.tee $c
  i32.const 10
  i32.ge_u
  br_if $precision_end
  local.get $precision
  i32.const 10
  i32.mul
  local.get $c
  i32.add
  local.set $precision
  br $digits
  end
  end
  local.get $precision
  local.get $length
  i32.lt_u
  if $shorter
  i32.const 1
  local.set $cut
  local.get $precision
  local.set $length
  end
  end
  local.get $length
  local.get $width
  i32.ge_u
  local.tee $c
  local.get $cut
  i32.eqz
  i32.and
  if $as_it_is
  i32.const -1
  return
  end
  local.get $c
  if $only_cut
  local.get $length
  local.set $width
  end
  local.get $buffer
  i32.const 32
  local.get $width
  memory.fill
  local.get $buffer
  i32.const 0
  local.get $width
  local.get $length
  i32.sub
  local.get $left
  select
  i32.add
  local.get $text
  local.get $length
  memory.copy
  local.get $width
)`;
