import { AnchorError, once } from "../anchors.ts";
import { findDispatch } from "../metering/vm-ticks.ts";
import type { StaticData } from "../texts/static-data.ts";
import type { WatModule } from "../wat-module.ts";

/** Tag of a full userdata. */
const USERDATA = 71;
/** OP_EQI: a register against a small integer of the instruction. */
const equalsImmediate = 61;

/**
 * A userdata with two user values is compared with nil and numbers by its second one: LuaJIT's `pointer == nil` and
 * `int64 == 0`, which Lua answers by the types alone, without a metamethod. No other userdata has two (src/ffi).
 */
export function compareUserdataByValue(module: WatModule, data: StaticData): void {
  const rawequal = module.function(module.exported("lua_rawequal"));
  const equal = once(
    module.linesOf(rawequal, /^call \S+$/).map((line) => module.line(line).slice("call ".length)),
    "luaV_equalobj in lua_rawequal",
  );
  module.addField("func", standsFor(equal));
  module.addField("func", standsForInteger);
  const tagOf = (value: string) => `local.get ${value}\ni32.load8_u offset=8`;
  const ask = (userdata: string, other: string, label: string) =>
    `${tagOf(userdata)}\ni32.const ${USERDATA}\ni32.eq\nif ${label}
local.get ${userdata}\ni32.load\nlocal.get ${other}\ncall $userdata_stands_for\nreturn\nend`;
  module.insertAtStart(
    module.function(equal),
    `${tagOf("$p1")}\n${tagOf("$p2")}\ni32.ne\nif $tags_differ
${ask("$p1", "$p2", "$left_userdata")}\n${ask("$p2", "$p1", "$right_userdata")}\nend`,
  );
  compareImmediate(module, data);
}

/** The instruction's own comparison ends in a branch for what is no number: there the userdata is looked at. */
function compareImmediate(module: WatModule, data: StaticData): void {
  const { execute, labels, table } = findDispatch(module);
  const index = data.int32(table + 4 * equalsImmediate) - 2;
  const start = module.blockEnd(execute, (index < 0 ? labels.at(-1) : labels[index]) ?? "");
  const window = module.lines.slice(start, start + 60);
  const choice = window.findIndex((line) => line.startsWith("br_table "));
  const [, other] = /^br_table \S+ (\S+) /.exec(window[choice] ?? "") ?? [];
  const value = /^local\.tee (\S+)$/.exec(window[choice - 4] ?? "")?.[1];
  const small = /^local\.set (\S+)$/.exec(window[8] ?? "")?.[1];
  if (other === undefined || value === undefined || small === undefined) {
    throw new AnchorError("OP_EQI", "does not branch on the tag of its register");
  }
  const end = start + window.indexOf("end", choice);
  const otherwise = module.blockEnd(execute, other);
  const after = module.lines.slice(otherwise + 1, otherwise + 5).join(" ");
  const skip = /^local\.get \$p1 i32\.const 32768 i32\.and br_if (\S+)$/.exec(after)?.[1];
  const jump = /^br_if (\S+)$/.exec(module.line(otherwise - 2))?.[1];
  if (skip === undefined || jump === undefined || end > otherwise) {
    throw new AnchorError("OP_EQI", "does not end in a jump");
  }
  module.insertAfter(
    otherwise,
    `local.get ${value}\ni32.load8_u offset=8\ni32.const ${USERDATA}\ni32.eq\nif $eqi_userdata
local.get ${value}\ni32.load\nlocal.get ${small}\ncall $userdata_stands_for_integer
local.get $p1\ni32.const 32768\ni32.and\ni32.eqz\ni32.xor\nbr_if ${jump}\nbr ${skip}\nend`,
  );
}

/** Udata: the number of user values at 6, the second one at 40. One without two of them stands for nothing. */
const unlessTwoValues = `  local.get $userdata
  i32.load16_u offset=6
  i32.const 2
  i32.ne
  if $plain
  i32.const 0
  return
  end`;

const standsFor = (equal: string) => `(func $userdata_stands_for (param $userdata i32) (param $value i32) (result i32)
${unlessTwoValues}
  i32.const 0
  local.get $userdata
  i32.const 40
  i32.add
  local.get $value
  call ${equal}
)`;

const standsForInteger = `(func $userdata_stands_for_integer (param $userdata i32) (param $value i32) (result i32)
${unlessTwoValues}
  local.get $userdata
  i32.load8_u offset=48
  i32.const 3
  i32.eq
  if $integer
  local.get $userdata
  i64.load offset=40
  local.get $value
  i64.extend_i32_s
  i64.eq
  return
  end
  local.get $userdata
  i32.load8_u offset=48
  i32.const 19
  i32.eq
  local.get $userdata
  f64.load offset=40
  local.get $value
  f64.convert_i32_s
  f64.eq
  i32.and
)`;
