import type { LuaResults, LuaValue } from "../../lua/interface.ts";
import type { GenxCall } from "./services.ts";

export type Answer = LuaValue | LuaResults;

/** A function of the host for the Lua half; `waits` when it may answer later. */
export interface GenxFunction {
  readonly waits: boolean;
  readonly run: (args: readonly LuaValue[], call: GenxCall) => Answer | Promise<Answer>;
}

export const atOnce = (run: (args: readonly LuaValue[], call: GenxCall) => Answer): GenxFunction => ({
  waits: false,
  run,
});
export const later = (run: GenxFunction["run"]): GenxFunction => ({ waits: true, run });
