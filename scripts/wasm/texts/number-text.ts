import { AnchorError, once } from "../anchors.ts";
import type { WatModule } from "../wat-module.ts";
import type { StaticData } from "./static-data.ts";
import { replaceStaticText } from "./static-text.ts";

const looksLikeInteger = "-0123456789";
const infinity = "0x7ff0000000000000";
/** Among the signs printf may put before a number. */
const signs = "-0X+0X 0X-0x+0x 0x";

/**
 * LuaJIT's number text on Lua 5.4: `10/2 .. ""` gives `5`, not `5.0`. tostringbuff() adds ".0" when strspn() finds
 * nothing but these characters; with the set made empty it never does. Changes `wasm` in place.
 */
export function useLuaJitNumberText(wasm: Uint8Array): void {
  replaceStaticText(wasm, looksLikeInteger, "");
}

/**
 * `nan` has no sign in LuaJIT; here it would be the sign the engine's processor happens to give it. printf takes a number
 * for negative when its bits, read as an integer, are: now only up to those of -Infinity, above which the NaNs lie.
 */
export function printNanWithoutSign(module: WatModule, data: StaticData): void {
  const print = once(data.usersOf(module, signs), "printf of numbers");
  const sign = once(
    module.linesOf(print, /^i64\.lt_s$/).filter((line) => {
      const before = module.lines.slice(line - 3, line).join(" ");
      return /^i64\.reinterpret_f64 local\.tee \$\w+ i64\.const 0$/.test(before);
    }),
    "test for a negative number",
  );
  if (!module.body(print).includes(`i64.const ${BigInt(infinity)}`)) {
    throw new AnchorError("printf of numbers", "does not test for infinity");
  }
  module.replace(sign - 1, `i64.const ${-(2n ** 63n) + BigInt(infinity) + 1n}`);
}
