import { AnchorError, once } from "../anchors.ts";
import type { StaticData } from "../texts/static-data.ts";
import type { WatFunction, WatModule } from "../wat-module.ts";

const table = 5;
const raw = { lua_geti: "lua_rawgeti", lua_seti: "lua_rawseti", luaL_len: "lua_rawlen" } as const;

/**
 * `table.concat`, `table.insert` and `unpack` see what is in a table and pass its metamethods over, as LuaJIT's do; Lua 5.4 asks
 * `__index`, `__newindex` and `__len`, so that a table with defaults gets longer and a proxy is written through.
 */
export function readListsRaw(module: WatModule, data: StaticData): void {
  const concat = once(data.usersOf(module, "invalid value (%s) at index %I in table for 'concat'"), "table.concat");
  const insert = once(data.usersOf(module, "wrong number of arguments to 'insert'"), "table.insert");
  const unpack = once(data.usersOf(module, "too many results to unpack"), "unpack");
  // What takes tables only may read them raw; refuseInUnpack has seen to unpack.
  takeTablesOnly(module, concat);
  takeTablesOnly(module, insert);
  for (const fn of [concat, insert, unpack]) {
    for (const [by, instead] of Object.entries(raw)) {
      const [asked, direct] = [module.exported(by), module.exported(instead)];
      for (const line of module.linesOf(fn, /^call /)) {
        if (module.line(line) === `call ${asked}`) module.replace(line, `call ${direct}`);
      }
    }
  }
}

/** checktab(L, 1, what) lets anything pass that has the metamethods. */
function takeTablesOnly(module: WatModule, fn: WatFunction): void {
  const check = module.linesOf(fn, /^call \$f\d+$/)[0] ?? fn.start;
  const [argument, what] = [module.line(check - 2), module.line(check - 1)];
  if (argument !== "local.get $p0" || !/^i32\.const [57]$/.test(what)) {
    throw new AnchorError("checktab", "is not called as it was");
  }
  module.replace(check - 1, `i32.const 1\ni32.const ${table}`);
  module.replace(check, `call ${module.exported("luaL_checktype")}`);
}
