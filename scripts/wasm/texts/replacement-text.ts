import { AnchorError, once } from "../anchors.ts";
import type { WatModule } from "../wat-module.ts";
import type { StaticData } from "./static-data.ts";

const refusal = "invalid use of '%c' in replacement string";

/** What stands before the error: a capture's text goes into the buffer, and the loop goes on. */
const before =
  /local\.get (\$\w+) i32\.const (\d+) i32\.add local\.get \$\w+ local\.get \$\w+ call (\S+) br (\$\w+) end local\.get \1 i32\.const 37 i32\.store offset=16 local\.get \$\w+$/;
/** What follows it: `l -= p + 1 - news`, where `p` is the percent sign (C has stepped over it, the wasm has not). */
const after =
  /^local\.get (\$\w+) i32\.const 16 i32\.add call \S+ drop end local\.get \1 local\.get \1 i32\.load (offset=\d+) local\.get (\$\w+) local\.get (\$\w+) i32\.const 2 i32\.add local\.tee \$\w+ i32\.sub /;

/**
 * gsub as in LuaJIT: in a replacement string `%` before a character that is neither digit nor `%` stands for that
 * character (vulcan-api.md §16.3). A `%` at the very end stays the error it is: no character follows it.
 */
export function acceptEscapedReplacements(module: WatModule, data: StaticData): void {
  const gsub = once(data.usersOf(module, refusal), "gsub");
  const constant = data.constantOf(refusal);
  const text = once(
    module.linesOf(gsub, /^i32\.const /).filter((line) => module.line(line) === constant),
    "use of gsub's error text",
  );
  const [, state, buffer, append, next] = before.exec(module.lines.slice(text - 20, text).join(" ")) ?? [];
  const [, sameState, length, news, percent] = after.exec(module.lines.slice(text + 1, text + 20).join(" ")) ?? [];
  if (state === undefined || state !== sameState || append !== module.exported("luaL_addlstring")) {
    throw new AnchorError("gsub", "the code around its error is not what it was");
  }
  const character = `local.get ${percent}\ni32.const 1\ni32.add`;
  module.insertBefore(
    text - 4,
    `${character}
local.get ${news}
i32.sub
local.get ${state}
i32.load ${length}
i32.lt_u
if $character_follows
local.get ${state}
i32.const ${buffer}
i32.add
${character}
i32.const 1
call ${append}
br ${next}
end`,
  );
}
