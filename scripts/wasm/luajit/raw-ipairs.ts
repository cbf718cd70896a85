import { AnchorError, once } from "../anchors.ts";
import type { WatModule } from "../wat-module.ts";

const table = 5;

/**
 * The step of ipairs reads raw, as in LuaJIT: a table whose `__index` has an answer for everything would never end. Raw
 * access wants a table, which the step has to see to itself: a program may hold it.
 */
export function stepRaw(module: WatModule): void {
  const step = once(
    module.functions.filter((fn) => {
      return /call \$luaL_checkinteger i64\.const 1 i64\.add .* i32\.const 2 i32\.const 1 local\.get \$p0 i32\.const 1 local\.get \$\w+ call \$lua_geti select \)$/.test(
        module.body(fn).join(" ").trim(),
      );
    }),
    "ipairsaux",
  );
  const read = once(module.linesOf(step, /^call \$lua_geti$/), "read of ipairsaux");
  if (module.line(read + 1) !== "select") throw new AnchorError("ipairsaux", "does not end in its read");
  module.replace(read, `call ${module.exported("lua_rawgeti")}`);
  module.insertAtStart(
    step,
    `local.get $p0\ni32.const 1\ni32.const ${table}\ncall ${module.exported("luaL_checktype")}`,
  );
}
