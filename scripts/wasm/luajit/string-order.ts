import { AnchorError, once } from "../anchors.ts";
import type { WatModule } from "../wat-module.ts";

/** l_strcmp is inlined into `<` and `<=` of the interpreter and of lua_compare. */
const places = 4;

/**
 * The order of two strings: what they begin with in common is passed over eight bytes at a time, then C goes on as before.
 * Lua compares from zero to zero by strcoll, whose locale is always "C" here: a string of zeros takes it twelve
 * nanoseconds a byte, in one step that nothing interrupts.
 */
export function skipCommonPrefix(module: WatModule): void {
  const collate = once(
    module.functions.filter((fn) => {
      const [, a, b, call, end] = module.body(fn);
      return (
        module.body(fn).length === 5 &&
        a === "local.get $p0" &&
        b === "local.get $p1" &&
        end === ")" &&
        module.body(module.function(module.exported("lua_compare"))).includes(`call ${fn.name}`) &&
        call?.startsWith("call ")
      );
    }),
    "strcoll",
  ).name;
  const found = module
    .find(new RegExp(`^call \\${collate}$`))
    .filter((line) => [1, 2].every((back) => module.line(line - back).startsWith("local.get ")));
  if (found.length !== places) throw new AnchorError("l_strcmp", `found ${found.length} times, expected ${places}`);
  for (const line of found) skipAt(module, line);
  module.addField("func", commonPrefix);
}

/** `strcoll(a, b)`, and behind it the lengths: `len = strlen(a); if (len == lb) … if (len == la) …`. */
function skipAt(module: WatModule, line: number): void {
  const [a, b] = [module.line(line - 2), module.line(line - 1)].map((text) => text.slice("local.get ".length));
  const code = module.lines.slice(line + 1, line + 32).join(" ");
  const [, answer, lengthB, length] =
    /^local\.tee (\S+) br_if .*?local\.get (\S+) local\.get \S+ call \S+ local\.tee (\S+) i32\.eq /.exec(code) ?? [];
  const behind = code.slice(code.indexOf(" if "));
  const [, right, left] =
    new RegExp(
      `(?: local\\.get \\${length} local\\.get (\\S+)| local\\.get (\\S+) local\\.get \\${length}) i32\\.(?:eq|ne) `,
    ).exec(behind) ?? [];
  const lengthA = right ?? left;
  if (answer === undefined || lengthB === undefined || lengthA === undefined) {
    throw new AnchorError("l_strcmp", "does not compare as it did");
  }
  const step = (local: string | undefined, by: "add" | "sub") =>
    `local.get ${local}\nlocal.get ${answer}\ni32.${by}\nlocal.set ${local}`;
  module.insertBefore(
    line - 2,
    `local.get ${a}
local.get ${b}
local.get ${lengthA}
local.get ${lengthB}
call $common_prefix
local.set ${answer}
${step(a, "add")}
${step(b, "add")}
${step(lengthA, "sub")}
${step(lengthB, "sub")}`,
  );
}

/** How many bytes `a` and `b` begin with in common, in whole eights. */
const commonPrefix = `(func $common_prefix (param $a i32) (param $b i32) (param $la i32) (param $lb i32) (result i32)
(local $n i32)
local.get $lb
local.get $la
local.get $la
local.get $lb
i32.gt_u
select
local.set $la
block $differs
loop $eight
local.get $n
i32.const 8
i32.add
local.get $la
i32.gt_u
br_if $differs
local.get $a
local.get $n
i32.add
i64.load align=1
local.get $b
local.get $n
i32.add
i64.load align=1
i64.ne
br_if $differs
local.get $n
i32.const 8
i32.add
local.set $n
br $eight
end
end
local.get $n
call $meter_charge)`;
