import { LuaSkillsError } from "../../errors.ts";

/** The leader went while `what` was at work. */
export function leaderChanged(what: string, harmless: boolean): LuaSkillsError {
  const effects = harmless
    ? "it had changed nothing; it can be asked for again"
    : "what it was to change may be stored, or not";
  return new LuaSkillsError(
    "leader_changed",
    `the tab that ran the engine went away, or this one was put away, while ${what} was at work: ${effects}`,
    { data: { effects: harmless ? "none" : "possible" } },
  );
}

/** The leader is there and hears nothing: a loop or a dialog in its page, or a debugger. */
export function leaderHangs(store: string, what: string, harmless: boolean): LuaSkillsError {
  const effects = harmless ? "it was not run" : "what it was to change may be stored, or not";
  return new LuaSkillsError(
    "storage_in_use",
    `the tab that runs the engine of the store "${store}" does not answer (a loop or a dialog in its page?), so ${what} was given up: ` +
      `${effects}. Close that tab, and another one takes over`,
    { data: { store, effects: harmless ? "none" : "possible" } },
  );
}
