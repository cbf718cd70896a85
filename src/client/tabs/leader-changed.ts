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
