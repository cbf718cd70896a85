import type { LuaValue } from "../../lua/interface.ts";

/** What the functions of `vulcan.models` answer: `{ ok, … }`, never an error. */
export type Answer = { readonly [key: string]: LuaValue };

export function failure(code: string, message: string, more: Answer = {}): Answer {
  return { ok: false, error: { code, message, ...more } };
}
