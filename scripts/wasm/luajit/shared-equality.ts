import { AnchorError, once } from "../anchors.ts";
import type { StaticData } from "../texts/static-data.ts";
import type { WatFunction, WatModule } from "../wat-module.ts";

/** Number of `__eq` among the metamethods (TMS) in Lua 5.4. */
const equal = 5;
const table = 5;

/** The first operand's metamethod is looked for, then the second's; whichever is there is called. */
const call =
  /^local\.get \$p0 local\.get (\$\w+) local\.get \$p1 local\.get \$p2 local\.get \$p0 i32\.load offset=12 call (\S+) local\.get \$p0 i32\.load offset=12 i32\.load8_u offset=8 /;

/**
 * `==` calls `__eq` only where both operands have the same one, as in LuaJIT; Lua 5.4 takes that of either side, and
 * compares an object with a sentinel by a function that was not made for it.
 */
export function compareBySharedEquality(module: WatModule, _data: StaticData): void {
  const equalObjects = equality(module);
  const body = module.body(equalObjects).join(" ");
  const lookUp =
    /local\.get \$l4 i32\.const 5 local\.get \$p0 (i32\.load offset=\d+) (i32\.load offset=\d+) call (\S+) local\.tee \$l3 br_if/.exec(
      body,
    );
  const metatables = [...body.matchAll(/local\.get \$l4 (i32\.load offset=\d+) local\.tee \$l4 i32\.eqz br_if/g)].map(
    (m) => m[1],
  );
  if (!lookUp || metatables.length !== 2) throw new AnchorError("luaV_equalobj", "does not look for __eq as it did");
  const [, global, name, find] = lookUp;
  // The branches stand in the order userdata, tables.
  const [ofUserdata, ofTable] = metatables;
  const at = once(
    module.linesOf(equalObjects, /^local\.get \$p0$/).filter((line) => {
      return call.test(
        module.lines
          .slice(line, line + 12)
          .join(" ")
          .concat(" "),
      );
    }),
    "call of __eq",
  );
  module.addField(
    "func",
    `(func $shares_equality (param $L i32) (param $a i32) (param $b i32) (result i32)
  (local $ma i32) (local $mb i32)
  local.get $a
  i32.load8_u offset=8
  i32.const 15
  i32.and
  i32.const ${table}
  i32.eq
  if $tables
  local.get $a
  i32.load
  ${ofTable}
  local.set $ma
  local.get $b
  i32.load
  ${ofTable}
  local.set $mb
  else
  local.get $a
  i32.load
  ${ofUserdata}
  local.set $ma
  local.get $b
  i32.load
  ${ofUserdata}
  local.set $mb
  end
  local.get $ma
  local.get $mb
  i32.eq
  if $one_metatable
  i32.const 1
  return
  end
  local.get $ma
  i32.eqz
  local.get $mb
  i32.eqz
  i32.or
  if $none
  i32.const 0
  return
  end
  local.get $ma
  i32.const ${equal}
  local.get $L
  ${global}
  ${name}
  call ${find}
  local.set $ma
  local.get $mb
  i32.const ${equal}
  local.get $L
  ${global}
  ${name}
  call ${find}
  local.set $mb
  local.get $ma
  i32.eqz
  local.get $mb
  i32.eqz
  i32.or
  if $one_without
  i32.const 0
  return
  end
  i32.const 0
  local.get $ma
  local.get $mb
  call ${equalObjects.name}
)`,
  );
  module.insertBefore(
    at,
    `local.get $p0
local.get $p1
local.get $p2
call $shares_equality
i32.eqz
if $of_its_own
i32.const 0
return
end`,
  );
}

/** luaV_equalobj, which lua_rawequal calls without a state. */
function equality(module: WatModule): WatFunction {
  const raw = module.function(module.exported("lua_rawequal"));
  const names = module.body(raw).flatMap((line, i, body) => {
    const callee = /^call (\$f\d+)$/.exec(line)?.[1];
    return callee !== undefined && body.slice(0, i).includes("i32.const 0") ? [callee] : [];
  });
  return module.function(once([...new Set(names)], "luaV_equalobj"));
}
