/**
 * `rex_pcre2` with the surface of lrexlib on re2js: what its linear-time engine cannot do is refused, by name.
 * @module
 */
import { messageOf } from "../../base/message-of.ts";
import type { Re2 } from "../../base/text/metered-re2.ts";
import {
  type HostFunctions,
  LuaRaise,
  type LuaReader,
  type LuaValue,
  type Prelude,
  results,
} from "../../lua/interface.ts";
import { LinearRegex } from "./linear-regex.ts";
import source from "./rex-pcre2.lua?raw";

export function rexPreludes(re2: Re2): readonly Prelude[] {
  return [{ name: "=rex_pcre2", source, functions: rexFunctions(re2) }];
}

/** Compiled patterns a VM keeps. */
const kept = 100;
/** Matches handed over at a time. */
const batch = 1000;

function rexFunctions(re2: Re2): HostFunctions {
  const compiled = new Map<string, LinearRegex>();
  const regex = (args: LuaReader): LinearRegex => {
    const pattern = new TextDecoder("latin1").decode(args.bytes(1));
    const flags = args.number(2);
    const key = `${flags} ${pattern}`;
    let found = compiled.get(key);
    if (found === undefined) {
      try {
        found = new LinearRegex(re2, args.bytes(1), flags);
      } catch (error) {
        throw new LuaRaise(messageOf(error));
      }
      const [oldest] = compiled.keys();
      if (compiled.size >= kept && oldest !== undefined) compiled.delete(oldest);
      compiled.set(key, found);
    }
    return found;
  };
  return {
    /** pattern, flags → number of groups, and their names with their numbers */
    compile: (args) => {
      const { groups, names } = regex(args);
      return results(groups, names);
    },
    /** pattern, flags, text, offset, execution flags → [start, end, start of group 1, …] */
    execute: (args) => regex(args).execute(args.bytes(3), args.number(4), args.number(5)),
    /** as execute → matches, offset to go on at, whether there are no more */
    matches: (args) => {
      const { found, next, finished } = regex(args).matches(args.bytes(3), args.number(4), args.number(5), batch);
      return results(found, next, finished);
    },
    count: (args) => Object.keys((args.value(1) ?? {}) as { [key: string]: LuaValue }).length,
  };
}
