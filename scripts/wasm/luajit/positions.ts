import { AnchorError, once } from "../anchors.ts";
import type { WatModule } from "../wat-module.ts";

/** posrelatI is inlined into `byte`, `find` with `match`, `gmatch`, `sub` and `unpack` of strings. */
const places = 5;

/**
 * Positions in strings and levels of the stack that do not fit 32 bits are beyond every end: `("abc"):sub(2^32 + 1)` is empty.
 * Lua 5.4 casts them to a `size_t` or `int`, which has 32 bits here: it wrapped round, and `sub(2^53)` read the byte in front
 * of the string.
 */
export function saturatePositions(module: WatModule): void {
  const positive = module.find(/^i32\.wrap_i64$/).filter((line) => {
    const code = module.lines.slice(line - 3, line + 3).join(" ");
    return /^i64\.gt_s if \S+ local\.get \S+ i32\.wrap_i64 local\.set \S+ br \S+$/.test(code);
  });
  if (positive.length !== places) {
    throw new AnchorError("posrelatI", `found ${positive.length} times, expected ${places}`);
  }
  for (const line of positive) module.replace(line, "f64.convert_i64_s\ni32.trunc_sat_f64_u");
  for (const line of [...levelsBefore(module, "luaL_traceback", 0), ...levelsBefore(module, "luaL_where", 6)]) {
    module.replace(line, "f64.convert_i64_s\ni32.trunc_sat_f64_s");
  }
}

/** Where `debug.traceback` and `error` cast their level. */
function levelsBefore(module: WatModule, callee: string, lines: number): number[] {
  const found = module.find(new RegExp(`^call \\${module.exported(callee)}$`)).flatMap((line) => {
    const level = line - 1 - lines;
    return module.line(level) === "i32.wrap_i64" ? [level] : [];
  });
  return [once(found, `level of ${callee}`)];
}
