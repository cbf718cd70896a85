import { AnchorError, once } from "../anchors.ts";
import { findDispatch } from "../metering/vm-ticks.ts";
import type { StaticData } from "../texts/static-data.ts";
import type { WatFunction, WatModule } from "../wat-module.ts";

/** Opcodes of Lua 5.4. */
const addImmediate = 21;
const arithmetic = { add: [22, 34], sub: [23, 35], mul: [24, 36] } as const;
/** Type tags. */
const integer = 3;
const float = 19;
/** The largest integer below which every one has a double of its own. */
const largest = 2n ** 53n - 1n;
/** Lines an arithmetic instruction may take before its result is stored. */
const reach = 60;

type Operation = keyof typeof arithmetic;

/**
 * Integers that leave ±2^53 become floats, as LuaJIT's numbers are doubles throughout: sums, differences and products, and
 * numerals of that size. Lua 5.4 counts on in 64 bits and wraps round without a word.
 */
export function countInDoubles(module: WatModule, data: StaticData): void {
  const { execute, labels, table } = findDispatch(module);
  const start = (opcode: number) => {
    const index = data.int32(table + 4 * opcode) - 2;
    return module.blockEnd(execute, (index < 0 ? labels.at(-1) : labels[index]) ?? "");
  };
  module.insertAfter(execute.start, "(local $wide i64)");
  inAddImmediate(module, start(addImmediate));
  for (const [operation, opcodes] of Object.entries(arithmetic)) {
    for (const opcode of opcodes) inInstruction(module, operation as Operation, start(opcode));
  }
  inFolding(module, data);
  inNumerals(module, data);
}

/** True for an i64 on the stack that is an integer to LuaJIT, too. */
const isSafe = `i64.const ${largest}\ni64.add\ni64.const ${2n * largest}\ni64.le_u`;

/** `local.get $l5 i64.load local.get $l8 i64.extend_i32_s i64.add`, whose type stays that of the operand in `$l2`. */
function inAddImmediate(module: WatModule, start: number): void {
  const at = operationAt(module, "add", start);
  const code = module.lines.slice(at - 4, at + 2).join(" ");
  const found =
    /^local\.get (\$\w+) i64\.load local\.get (\$\w+) i64\.extend_i32_s i64\.add f64\.reinterpret_i64$/.exec(code);
  const tag = /^local\.tee (\$\w+)$/.exec(module.line(tagAt(module, start)))?.[1];
  if (!found || tag === undefined) throw new AnchorError("OP_ADDI", "does not add as it did");
  module.replace(
    at + 1,
    `local.tee $wide
${isSafe}
if $safe (result f64)
local.get $wide
f64.reinterpret_i64
else
i32.const ${float}
local.set ${tag}
local.get ${found[1]}
i64.load
f64.convert_i64_s
local.get ${found[2]}
f64.convert_i32_s
f64.add
end`,
  );
}

/** The result goes into `$l20` as bits; what follows is its type. */
function inInstruction(module: WatModule, operation: Operation, start: number): void {
  const at = operationAt(module, operation, start);
  const code = module.lines.slice(at - 3, at + 4).join(" ");
  const found = new RegExp(
    String.raw`^(local\.get \$\w+(?: i64\.load)?) (local\.get \$\w+(?: i64\.load)?) i64\.${operation} f64\.reinterpret_i64 local\.set (\$\w+) i32\.const ${integer}$`,
  ).exec(code);
  const [, left, right, result] = found ?? [];
  if (left === undefined || right === undefined) throw new AnchorError(`integer ${operation}`, "is not what it was");
  const lines = (text: string) => text.replaceAll(/ (?=i64\.load)/g, "\n");
  const asFloat = `${lines(left)}\nf64.convert_i64_s\n${lines(right)}\nf64.convert_i64_s\nf64.${operation}`;
  if (operation === "mul") {
    // The product of two doubles is exact where it is small enough, and tells where it is not.
    module.replace(
      at - 3,
      `${asFloat}\nlocal.tee ${result}\nf64.abs\nf64.const ${largest}\nf64.le\nif $safe (result i32)\n${module.line(at - 3)}`,
    );
    module.replace(at + 3, `i32.const ${integer}\nelse\ni32.const ${float}\nend`);
    return;
  }
  module.replace(at, `i64.${operation}\nlocal.tee $wide`);
  module.replace(
    at + 3,
    `local.get $wide
${isSafe}
if $safe (result i32)
i32.const ${integer}
else
${asFloat}
local.set ${result}
i32.const ${float}
end`,
  );
}

function operationAt(module: WatModule, operation: Operation, start: number): number {
  const lines = Array.from({ length: reach }, (_, i) => start + i);
  return once(
    lines.filter((line) => module.line(line) === `i64.${operation}` && module.line(line + 1) === "f64.reinterpret_i64"),
    `i64.${operation} of an instruction`,
  );
}

const tagAt = (module: WatModule, start: number): number =>
  once(
    Array.from({ length: reach }, (_, i) => start + i).filter((line) => {
      return module.line(line) === "i32.load8_u offset=8" && module.line(line + 1).startsWith("local.tee ");
    }),
    "type of an operand",
  ) + 1;

/** luaO_rawarith, for constants and for strings: two integers whose result is no safe one take the way of floats. */
function inFolding(module: WatModule, _data: StaticData): void {
  const arith = module.function(module.exported("lua_arith"));
  const callees = module.body(arith).flatMap((line) => /^call (\$f\d+)$/.exec(line)?.[1] ?? []);
  const rawArith = once(
    module.functions
      .filter((fn) => callees.includes(fn.name) && module.linesOf(fn, /^f64\.mul$/).length > 0)
      .concat(
        module.functions.filter((fn) => {
          return (
            callees.some((name) => module.body(module.function(name)).includes(`call ${fn.name}`)) &&
            isRawArith(module, fn)
          );
        }),
      )
      .filter((fn) => isRawArith(module, fn)),
    "luaO_rawarith",
  );
  const pattern =
    /^local\.get \$p3 i32\.load8_u offset=8 local\.tee (\$\w+) i32\.const 3 i32\.ne br_if (\$\w+) local\.get \$p0 local\.get \$p1 local\.get (\$\w+) local\.get \$p3 i64\.load call \S+ /;
  const at = once(
    module.linesOf(rawArith, /^local\.get \$p3$/).filter((line) => {
      return pattern.test(`${module.lines.slice(line, line + 12).join(" ")} `);
    }),
    "integers in luaO_rawarith",
  );
  const [, , floats, left] = pattern.exec(`${module.lines.slice(at, at + 12).join(" ")} `) ?? [];
  module.addField(
    "func",
    `(func $leaves_integers (param $op i32) (param $a i64) (param $b i64) (result i32)
  block $other
  block $mod
  block $mul
  block $sub
  block $add
  local.get $op
  br_table $add $sub $mul $mod $other
  end
  local.get $a
  local.get $b
  i64.add
  ${isSafe}
  i32.eqz
  return
  end
  local.get $a
  local.get $b
  i64.sub
  ${isSafe}
  i32.eqz
  return
  end
  local.get $a
  f64.convert_i64_s
  local.get $b
  f64.convert_i64_s
  f64.mul
  f64.abs
  f64.const ${largest}
  f64.gt
  return
  end
  local.get $b
  i64.eqz
  return
  end
  i32.const 0
)`,
  );
  module.insertAfter(
    at + 5,
    `local.get $p1\nlocal.get ${left}\nlocal.get $p3\ni64.load\ncall $leaves_integers\nbr_if ${floats}`,
  );
}

const isRawArith = (module: WatModule, fn: WatFunction): boolean =>
  /\(param \$p0 i32\) \(param \$p1 i32\) \(param \$p2 i32\) \(param \$p3 i32\) \(param \$p4 i32\) \(result i32\)$/.test(
    module.line(fn.start),
  ) && module.linesOf(fn, /^f64\.floor$/).length === 1;

/** luaO_str2num, with l_str2int inside: a numeral that is no safe integer is read as a float. */
function inNumerals(module: WatModule, _data: StaticData): void {
  const convert = module.function(module.exported("lua_stringtonumber"));
  const name = once(
    module
      .body(convert)
      .flatMap((line) => /^call (\$f\d+)$/.exec(line)?.[1] ?? [])
      .slice(0, 1),
    "luaO_str2num",
  );
  const fn = module.function(name);
  const end =
    /^br_if (\$\w+) i64\.const 0 local\.get (\$\w+) i64\.sub local\.get \2 local\.get \$\w+ select f64\.reinterpret_i64$/;
  const at = once(
    module.linesOf(fn, /^br_if /).filter((line) => end.test(module.lines.slice(line, line + 8).join(" "))),
    "end of l_str2int",
  );
  const [, floats, value] = end.exec(module.lines.slice(at, at + 8).join(" ")) ?? [];
  const beyond = `local.get ${value}\ni64.const ${largest}\ni64.gt_u\nbr_if ${floats}`;
  module.insertAfter(at, beyond);
  // A hexadecimal numeral is not bounded by digits: it would wrap round before the end.
  const shift = once(
    module.linesOf(fn, /^i64\.shl$/).filter((line) => module.line(line - 1) === "i64.const 4"),
    "hexadecimal digits",
  );
  const loop = once(
    module.linesOf(fn, /^loop /).filter((line) => line < shift && shift - line < 30),
    "hexadecimal loop",
  );
  module.insertAfter(loop, beyond);
}
