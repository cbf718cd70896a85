/**
 * Ticks with the error raised in place: the loops of the C library functions, which no Lua hook ever reaches. Raising is
 * safe there, because such code calls the public API, where any call may raise.
 * @module
 */
import { AnchorError, once } from "../anchors.ts";
import type { StaticData } from "../texts/static-data.ts";
import type { WatFunction, WatModule } from "../wat-module.ts";
import { raisingTick, where } from "./budget.ts";

const loop = /^loop\b/;
const guardedState = "$meterL";
const matcherText = "pattern too complex";
const sortText = "invalid order function for sorting";

/** Instruments them and returns the functions it covered. */
export function addCTicks(module: WatModule, data: StaticData): ReadonlySet<WatFunction> {
  const matcher = once(data.usersOf(module, matcherText), "pattern matcher");
  const sort = once(data.usersOf(module, sortText), "auxsort");
  const covered = new Set<WatFunction>();
  const tick = raisingTick(module, guardedState, where.cLoop);
  for (const fn of module.functions) {
    const takesState = fn === sort || callsMatcher(module, fn, matcher) || isLibraryFunction(module, fn);
    const loops = module.linesOf(fn, loop);
    if (!takesState || loops.length === 0) continue;
    covered.add(fn);
    module.addLocal(fn, guardedState, "local.get $p0");
    for (const line of loops) module.insertAfter(line, tick);
  }
  addMatcherTicks(module, data, matcher);
  covered.add(matcher);
  return covered;
}

/** str_find_aux (with its inlined search), gmatch_aux and str_gsub: all take the state first. */
function callsMatcher(module: WatModule, fn: WatFunction, matcher: WatFunction): boolean {
  return fn !== matcher && module.body(fn).includes(`call ${matcher.name}`);
}

/** A lua_CFunction: one i32 to i32, in the function table, and it calls the public API. */
function isLibraryFunction(module: WatModule, fn: WatFunction): boolean {
  const { api, tabled } = tables(module);
  return (
    tabled.has(fn.name) &&
    /\(param \$p0 i32\) \(result i32\)$/.test(module.line(fn.start)) &&
    module.body(fn).some((line) => line.startsWith("call ") && api.has(line.slice("call ".length)))
  );
}

/**
 * The matcher is recursive and gets a MatchState. Its lua_State is loaded right before the text of its error, which
 * shows the member's offset.
 */
function addMatcherTicks(module: WatModule, data: StaticData, matcher: WatFunction): void {
  const constant = data.constantOf(matcherText);
  const at = once(
    module.linesOf(matcher, /^i32\.const /).filter((line) => module.line(line) === constant),
    "use of the matcher's error text",
  );
  const offset = /^i32\.load (offset=\d+)$/.exec(module.line(at - 1))?.[1];
  if (offset === undefined) throw new AnchorError("MatchState.L", "is not loaded before the error text");
  const tick = raisingTick(module, guardedState, where.matcher);
  module.addLocal(matcher, guardedState, `local.get $p0\ni32.load ${offset}`);
  module.insertAtStart(matcher, tick);
  for (const line of module.linesOf(matcher, loop)) module.insertAfter(line, tick);
}

const tablesOf = new WeakMap<WatModule, { api: ReadonlySet<string>; tabled: ReadonlySet<string> }>();

function tables(module: WatModule): { api: ReadonlySet<string>; tabled: ReadonlySet<string> } {
  const known = tablesOf.get(module);
  if (known) return known;
  const api = module.lines.flatMap((line) => /^\(export "luaL?_\w+" \(func (\S+?)\)/.exec(line)?.[1] ?? []);
  const tabled = module.lines
    .filter((line) => line.startsWith("(elem "))
    .flatMap((line) => line.match(/\$[\w.]+/g) ?? []);
  const made = { api: new Set(api), tabled: new Set(tabled) };
  tablesOf.set(module, made);
  return made;
}
