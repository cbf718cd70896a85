/**
 * `asActivity`: a function with effects, for workflow runs (host-modules.md §13.2).
 * @module
 */
import { LuaSkillsError } from "../../errors.ts";
import type { LuaValue } from "../../lua/interface.ts";
import { deepFreeze } from "./brand.ts";
import type { ModuleFunction } from "./interface.ts";
import { isModuleFunction } from "./module-function.ts";
import { isResults, results } from "./results.ts";

/**
 * The same function, whose outcome a workflow run records: a replay gets it from the log and runs nothing. What it answers must be
 * data. Its module needs the class `workflow`; in other kinds of runs it behaves as before.
 *
 * @example
 * defineModule({ name: "geo", description: "Places", class: ["network", "workflow"], functions: { lookup: asActivity(lookup) } })
 *
 * @throws LuaSkillsError `invalid_argument` for anything that `fn` did not make, and for functions that take functions
 */
export function asActivity(f: ModuleFunction): ModuleFunction {
  if (!isModuleFunction(f)) throw refused(`asActivity: it takes what fn(...) made, got ${typeof f}`);
  if (f.params.some(({ kind }) => kind === "func"))
    throw refused("asActivity: a function that calls back into Lua has no outcome to record");
  return deepFreeze({
    ...f,
    waits: true,
    run: async (call, ...args) => {
      const outcome = await call.sideEffect(async () => {
        const answer = await f.run(call, ...args);
        return (isResults(answer) ? [...answer.values] : [answer ?? null]) as LuaValue[];
      });
      return results(...outcome);
    },
  });
}

const refused = (message: string) => new LuaSkillsError("invalid_argument", message);
