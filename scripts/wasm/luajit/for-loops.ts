import { AnchorError, once } from "../anchors.ts";
import { findDispatch } from "../metering/vm-ticks.ts";
import type { WatModule } from "../wat-module.ts";

/** A `for` whose start or limit is NaN runs no time, as in LuaJIT; Lua 5.4 asks what would end it, and NaN never does. */
export function skipLoopsOverNan(module: WatModule): void {
  const { execute } = findDispatch(module);
  const code = (line: number, count: number) => module.lines.slice(line, line + count).join(" ");
  const up = once(
    module.linesOf(execute, /^f64\.lt$/).filter((line) => {
      return /^i32\.eqz br_if (\S+) br \S+ end local\.get \S+ local\.get \S+ f64\.gt br_if \S+ end$/.test(
        code(line + 1, 9),
      );
    }),
    "loop over floats",
  );
  module.replace(up, "f64.ge");
  module.replace(up + 1, "");
  module.replace(up + 7, "f64.le\ni32.eqz");

  const limit = once(
    module.linesOf(execute, /^i64\.const 9223372036854775807$/).filter((line) => {
      return /^f64\.const 0x0p\+0 \S+ f64\.gt if \S+ /.test(code(line - 3, 4));
    }),
    "limit that is no integer",
  );
  const skip = /^br (\S+)$/.exec(module.line(limit + 6))?.[1];
  const spare = /^local\.get (\S+)$/.exec(module.line(up - 2))?.[1];
  if (skip === undefined || spare === undefined) throw new AnchorError("forlimit", "skips no loop");
  module.insertBefore(limit - 3, `local.tee ${spare}\nlocal.get ${spare}\nf64.ne\nbr_if ${skip}\nlocal.get ${spare}`);
}
