/**
 * Work no tick sees (string comparison, collector, allocator, parser, block copies) is charged to the budget; the next
 * tick notices. Nothing is raised there: there is no lua_State at hand, and the core may be in the middle of a change.
 * @module
 */
import { charge } from "./budget.ts";
import type { WatFunction, WatModule } from "./wat-module.ts";

export function chargeOtherWork(module: WatModule, ticking: ReadonlySet<WatFunction>): void {
  for (const fn of module.functions) {
    if (ticking.has(fn)) continue;
    for (const line of module.linesOf(fn, /^loop\b/)) module.insertAfter(line, charge);
  }
  // The length is on top of the stack: one unit per 64 bytes.
  for (const line of module.find(/^memory\.(copy|fill)$/)) module.insertBefore(line, "call $meter_charge");
}
