import { AnchorError, once } from "../anchors.ts";
import type { StaticData } from "../texts/static-data.ts";
import type { WatModule } from "../wat-module.ts";

/** `("").rep` of any count is the empty text at once; Lua 5.4 goes round the loop as often as it is told. */
export function repeatNothingAtOnce(module: WatModule, data: StaticData): void {
  const rep = once(data.usersOf(module, "resulting string too large"), "string.rep");
  const sum =
    /^local\.get (\$\w+) i32\.load offset=\d+ local\.tee \$\w+ local\.get \1 i32\.load offset=\d+ local\.tee \$\w+ i32\.add local\.tee (\$\w+)$/;
  const at = once(
    module.linesOf(rep, /^local\.tee /).filter((line) => sum.test(module.lines.slice(line - 7, line + 1).join(" "))),
    "length of a piece",
  );
  const length = sum.exec(module.lines.slice(at - 7, at + 1).join(" "))?.[2];
  const count = module.lines.slice(at, at + 40).flatMap((line, i, lines) => {
    return lines[i + 1] === "i64.div_u" ? (/^local\.get (\$\w+)$/.exec(line)?.[1] ?? []) : [];
  });
  if (length === undefined || count.length !== 1)
    throw new AnchorError("string.rep", "does not check its size as it did");
  module.insertAfter(
    at,
    `i32.eqz
if $nothing
i64.const 1
local.set ${count[0]}
end
local.get ${length}`,
  );
}
