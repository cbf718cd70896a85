import { AnchorError, once } from "../anchors.ts";
import type { StaticData } from "../texts/static-data.ts";
import type { WatModule } from "../wat-module.ts";

const overflow = "C stack overflow";
/** LUAI_MAXCCALLS of Lua 5.4; above it a tenth more for the handling of the error. */
const stock = 200;
const stockWhileHandling = 220;
/** The comparison leaves the low bits out: the compiler knew that the limit is a multiple of 8. */
const significant = 65528;
/** Levels the parser counts for. */
const parserLevels = 2;
/** Bytes of C stack left for the handling of the error. */
const reserve = 32 * 1024;
/** From here on errors are not handled any more. */
const lastReserve = 8 * 1024;

/**
 * Calls from C into Lua may nest deeper: pcall, metamethods, iterators and coroutines end at 200 levels in Lua 5.4, at
 * thousands in LuaJIT. How deep is up to the host, which knows its own stack (`c_levels`, a multiple of 8); and as levels
 * differ in what they take of the C stack in linear memory, its end is looked at, too (`c_stack_end`).
 */
export function nestDeeper(module: WatModule, data: StaticData): void {
  const check = once(
    data.usersOf(module, overflow).filter((fn) => fn.end - fn.start < 40),
    "luaE_checkcstack",
  );
  const body = module.body(check);
  const counter = /i32\.load16_u (offset=\d+)/.exec(body.join(" "))?.[1];
  const raise = /^call (\$f\d+)$/.exec(body.filter((line) => line.startsWith("call "))[0] ?? "")?.[1];
  const end = /^call (\$f\d+)$/.exec(body.filter((line) => line.startsWith("call "))[1] ?? "")?.[1];
  if (counter === undefined || raise === undefined || end === undefined) {
    throw new AnchorError("luaE_checkcstack", "does not look at the call counter");
  }
  const limit = once(module.linesOf(check, new RegExp(`^i32\\.const ${stock}$`)), "limit in luaE_checkcstack");
  const handling = once(module.linesOf(check, new RegExp(`^i32\\.const ${stockWhileHandling}$`)), "limit of handling");
  module.replace(limit, "global.get $c_levels");
  module.replace(handling, "global.get $c_levels\ni32.const 11\ni32.mul\ni32.const 10\ni32.div_u");
  module.insertAtStart(
    check,
    `global.get $g0
global.get $c_stack_end
i32.const ${reserve}
i32.add
i32.lt_u
if $stack_is_full
global.get $g0
global.get $c_stack_end
i32.const ${lastReserve}
i32.add
i32.ge_u
if $raise
local.get $p0
${data.constantOf(overflow)}
i32.const 0
call ${raise}
unreachable
end
local.get $p0
i32.const 5
call ${end}
unreachable
end`,
  );

  const counted = module.find(new RegExp(`^i32\\.const ${stock}$`)).filter((line) => {
    const before = module.lines.slice(line - 5, line).join(" ");
    return before.includes(`i32.const ${significant}`) || before.includes(`i32.load16_u ${counter}`);
  });
  countParser(module, counter);
  countCallbacks(module, counter);
  const places = counted.filter((line) => line !== limit);
  if (places.length !== 5)
    throw new AnchorError("checks of the C stack", `found ${places.length} times, expected five`);
  const full = `global.get $g0\nglobal.get $c_stack_end\ni32.const ${reserve}\ni32.add`;
  for (const line of places) {
    module.replace(line, "global.get $c_levels");
    const compare = module.line(line + 1);
    if (compare === "i32.ge_u") module.insertAfter(line + 1, `${full}\ni32.lt_u\ni32.or`);
    else if (compare === "i32.lt_u") module.insertAfter(line + 1, `${full}\ni32.ge_u\ni32.and`);
    else throw new AnchorError("check of the C stack", `compares by ${compare}`);
  }
  module.addField("global", `(global $c_levels (mut i32) (i32.const ${stock}))`);
  module.addField("global", "(global $c_stack_end (mut i32) (i32.const 0))");
  module.addField("export", '(export "c_levels" (global $c_levels))');
  module.addField("export", '(export "c_stack_end" (global $c_stack_end))');
}

/** lua_load's non-yieldable call: a reader function that loads takes several levels' worth of the engine's stack. */
function countParser(module: WatModule, counter: string): void {
  const load = module.function(module.exported("lua_load"));
  const steps = module.linesOf(load, /^i32\.const 65536$/).filter((line) => {
    return (
      module.line(line - 1) === `i32.load ${counter.replace("16_u", "")}` &&
      /^i32\.(add|sub)$/.test(module.line(line + 1))
    );
  });
  if (steps.length !== 2) throw new AnchorError("lua_load", `counts ${steps.length} times, expected twice`);
  for (const line of steps) module.replace(line, `i32.const ${65536 + parserLevels}`);
}

/**
 * A C function that calls Lua back (a comparator of table.sort, a function of gsub) takes more of the engine's stack than a
 * level of the interpreter, the more so before the engine has optimised it: it counts as two. The sum stays even, because the
 * limit is looked for by equality.
 */
function countCallbacks(module: WatModule, counter: string): void {
  const fn = module.function(module.exported("lua_callk"));
  const calls = module.linesOf(fn, /^call \$/);
  const [, call] = calls;
  const passed = call === undefined ? "" : module.lines.slice(call - 3, call).join(" ");
  const free = call !== undefined && !module.lines.slice(call, fn.end).some((line) => line.includes("$p3"));
  if (call === undefined || calls.length !== 2 || passed !== "local.get $p0 local.get $p1 local.get $p2" || !free) {
    throw new AnchorError("lua_callk", "does not call as it did");
  }
  module.insertAfter(call, `local.get $p0\nlocal.get $p3\ni32.store ${counter}`);
  module.insertBefore(
    call - 3,
    `local.get $p0
i32.load ${counter}
local.set $p3
local.get $p0
local.get $p3
i32.const 1
i32.or
i32.store ${counter}`,
  );
}
