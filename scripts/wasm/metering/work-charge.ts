/**
 * Work no tick sees (string comparison, collector, allocator, parser, block copies) is charged to the budget; the next
 * tick notices. Nothing is raised there: there is no lua_State at hand, and the core may be in the middle of a change.
 * Loops that call something are ticks of the core: a chain of ephemerons keeps one step of the collector busy for as long
 * as it likes, and a full collection or a table that grows takes longer than a deadline may be missed.
 * @module
 */
import { AnchorError } from "../anchors.ts";
import type { WatFunction, WatModule } from "../wat-module.ts";
import { charge, coreTick } from "./budget.ts";

/**
 * The loops that hash a string: luaS_newlstr for short ones, luaH_* for long ones, lua_newstate for the seed. Hashing costs
 * no more than making the string did, which is charged (a copy), and it stands in the way of every string that is made.
 */
const hashLoops = 3;
const hashStep =
  /i32\.const 5\ni32\.shl\nlocal\.get \S+\ni32\.const 2\ni32\.shr_u\ni32\.add\ni32\.add\nlocal\.get \S+\ni32\.xor/;

/** luaD_precall looks at what is called in a loop, for the sake of `__call`: once, and with every call. */
const callee = /\ni32\.load8_u offset=8\ni32\.const 63\ni32\.and\nlocal\.tee \S+\ni32\.const 22\ni32\.sub\nbr_table /;

export function chargeOtherWork(module: WatModule, ticking: ReadonlySet<WatFunction>): void {
  let spared = 0;
  let calls = 0;
  for (const fn of module.functions) {
    if (ticking.has(fn)) continue;
    for (const line of module.linesOf(fn, /^loop\b/)) {
      const head = loopHead(module, line);
      if (hashStep.test(head)) spared++;
      else if (callee.test(head)) calls++;
      else module.insertAfter(line, callsOthers(module, fn, line) ? coreTick : charge);
    }
  }
  if (spared !== hashLoops) throw new AnchorError("string hash", `found ${spared} loops, expected ${hashLoops}`);
  if (calls !== 1) throw new AnchorError("luaD_precall", `found ${calls} times, expected once`);
  // The length is on top of the stack: one unit per 64 bytes.
  for (const line of module.find(/^memory\.(copy|fill)$/)) module.insertBefore(line, "call $meter_charge");
  // Calendars are JavaScript's: some microseconds, as much as a thousand units of anything else.
  const calendar = module.find(/^call \$env\.(strftime|_(mktime|localtime|gmtime)_js)$/);
  if (calendar.length < 4) throw new AnchorError("calendar", `found ${calendar.length} calls, expected at least 4`);
  for (const line of calendar) module.insertBefore(line, "i32.const 65536\ncall $meter_charge\ndrop");
}

const loopHead = (module: WatModule, line: number): string => module.lines.slice(line, line + 24).join("\n");

function callsOthers(module: WatModule, fn: WatFunction, line: number): boolean {
  const label = module.line(line).slice("loop ".length);
  return module.lines.slice(line, module.blockEnd(fn, label, "loop")).some((text) => text.startsWith("call"));
}
