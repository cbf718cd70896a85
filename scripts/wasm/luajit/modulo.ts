import { AnchorError, once } from "../anchors.ts";
import { findDispatch } from "../metering/vm-ticks.ts";
import type { StaticData } from "../texts/static-data.ts";
import type { WatFunction, WatModule } from "../wat-module.ts";

/**
 * `a % b` of floats is `a - floor(a / b) * b`, as in LuaJIT: beyond 2^53, where products of hashes lie, the exact remainder
 * of Lua 5.4 is another number. It is also quicker than `fmod`.
 */
export function reduceByFloor(module: WatModule, _data: StaticData): void {
  const { execute } = findDispatch(module);
  const inExecute = remainders(module, execute);
  const fmod = /^call (\S+)$/.exec(module.line(inExecute[0] ?? 0))?.[1];
  const folding = module.functions.flatMap((fn) => (fn === execute ? [] : remainders(module, fn)));
  if (fmod === undefined || inExecute.length !== 2) throw new AnchorError("OP_MOD", "does not call fmod twice");
  once(folding, "remainder of constants");
  for (const line of [...inExecute, ...folding]) {
    const correction = module.lines.indexOf("f64.lt", line);
    module.replace(line, "call $floor_modulo");
    // The remainder has the sign of the divisor: what corrects that of fmod has nothing to do.
    module.replace(line + 3, "drop\ndrop\ni32.const 1");
    module.replace(correction, "drop\ndrop\ni32.const 0");
  }
  module.addField(
    "func",
    `(func $floor_modulo (param $a f64) (param $b f64) (result f64)
local.get $a
local.get $a
local.get $b
f64.div
f64.floor
local.get $b
f64.mul
f64.sub
)`,
  );
}

/** Calls whose answer is compared with 0 and then corrected by the divisor. */
function remainders(module: WatModule, fn: WatFunction): number[] {
  return module.linesOf(fn, /^call \$f\d+$/).filter((line) => {
    const [divisor, result] = [line - 1, line + 1].map(
      (at) => /^local\.(?:tee|get) (\$\w+)$/.exec(module.line(at))?.[1],
    );
    const after = module.lines.slice(line + 2, line + 12).join(" ");
    return (
      divisor !== undefined &&
      result !== undefined &&
      /^f64\.const 0x0p\+0.*? f64\.gt if \S+ /.test(after) &&
      after.includes(`local.get ${divisor} f64.const 0x0p+0`)
    );
  });
}
