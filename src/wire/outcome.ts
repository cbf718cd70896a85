import { type ErrorData, LuaSkillsError } from "../errors.ts";

/** A value, or an error as data. */
export type Outcome<T = unknown> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: ErrorData };

export async function outcomeOf<T>(work: () => Promise<T>): Promise<Outcome<T>> {
  try {
    return { ok: true, value: await work() };
  } catch (error) {
    return failed(error);
  }
}

export function failed(error: unknown): Outcome<never> {
  return { ok: false, error: LuaSkillsError.from(error).toData() };
}
