import { AnchorError, once } from "../anchors.ts";
import type { StaticData } from "../texts/static-data.ts";
import type { WatFunction, WatModule } from "../wat-module.ts";

const matcherText = "pattern too complex";
const gsubText = "invalid use of '%c' in replacement string";

/** `e = match(ms, src, p)) != NULL && e != lastmatch`; the state and the pattern are read in one or the other way. */
const gsubMatch =
  /local\.get (\$\w+) local\.get \$\w+ call (\$\w+) local\.tee (\$\w+) i32\.eqz br_if (\$\w+) local\.get (\$\w+) local\.get \3 i32\.eq br_if \4 /;
const gmatchMatch =
  /local\.get (\$\w+) local\.get (\$\w+) i32\.load offset=4 call (\$\w+) local\.tee (\$\w+) i32\.eqz br_if (\$\w+) local\.get \4 local\.get \2 i32\.load offset=8 i32\.eq br_if \5 /;

/**
 * gsub and gmatch as in Lua 5.1 and LuaJIT: an empty match right behind another match counts, so that
 * `("abc"):gsub("b*", "-")` is `-a--c-`. Lua 5.4 remembers where the last match ended and skips an empty one there; here it
 * remembers that of empty matches only.
 */
export function countEmptyMatches(module: WatModule, data: StaticData): void {
  const matcher = once(data.usersOf(module, matcherText), "pattern matcher").name;
  const gsub = once(data.usersOf(module, gsubText), "gsub");
  inGsub(module, gsub, matcher);
  const others = module.functions.filter(
    (fn) => fn !== gsub && fn.name !== matcher && module.body(fn).includes(`call ${matcher}`),
  );
  const gmatch = once(
    others.filter((fn) => gmatchMatch.test(text(module, fn))),
    "gmatch_aux",
  );
  inGmatch(module, gmatch, matcher);
}

/** `src = lastmatch = e` at the end of the loop, where `src` still is the start of the match. */
function inGsub(module: WatModule, gsub: WatFunction, matcher: string): void {
  const [, source, called, end, , last] = gsubMatch.exec(text(module, gsub)) ?? [];
  if (source === undefined || called !== matcher) throw new AnchorError("gsub", "does not compare with the last match");
  const assignment = once(
    module.linesOf(gsub, /^local\.tee /).filter((line) => {
      return module.line(line) === `local.tee ${last}` && module.line(line - 1) === `local.get ${end}`;
    }),
    "assignment of gsub's last match",
  );
  if (module.line(assignment + 2) !== `local.set ${source}`) throw new AnchorError("gsub", "does not go on at the end");
  module.replace(assignment, `${unlessEmpty(end, source)}\nlocal.set ${last}`);
}

/** `gm->src = gm->lastmatch = e`. */
function inGmatch(module: WatModule, gmatch: WatFunction, matcher: string): void {
  const [, source, state, called, end] = gmatchMatch.exec(text(module, gmatch)) ?? [];
  if (source === undefined || called !== matcher)
    throw new AnchorError("gmatch", "does not compare with the last match");
  const store = once(
    module.linesOf(gmatch, /^i32\.store offset=8$/).filter((line) => {
      return module.line(line - 1) === `local.get ${end}` && module.line(line - 2) === `local.get ${state}`;
    }),
    "assignment of gmatch's last match",
  );
  module.replace(store - 1, unlessEmpty(end, source));
}

/** The end of a match if it is empty, else 0, where no match ends. */
const unlessEmpty = (end: string | undefined, source: string) =>
  `local.get ${end}\ni32.const 0\nlocal.get ${end}\nlocal.get ${source}\ni32.eq\nselect`;

function text(module: WatModule, fn: WatFunction): string {
  return `${module.body(fn).join(" ")} `;
}
