import { settlesWithin } from "../../base/patience.ts";
import { LuaSkillsError } from "../../errors.ts";
import type { Gate } from "../gate.ts";

/** A host that calls back into the runtime from within a call would wait for itself: nobody waits for ever. */
const patienceMs = 30_000;

/** Resolves when nothing runs, and keeps it so until the answer is called. @throws LuaSkillsError `conflict` */
export async function hold(gate: Gate, what: string): Promise<() => void> {
  const end = Date.now() + patienceMs;
  while (gate.held || gate.running > 0) {
    const left = end - Date.now();
    if (left <= 0) {
      throw new LuaSkillsError(
        "conflict",
        `the ${what} needs a moment without calls, and there was none for ${patienceMs / 1000} s; try again when the calls have ended`,
      );
    }
    await settlesWithin(gate.held ?? new Promise<void>((resolve) => gate.idle.push(resolve)), left);
  }
  let letGo = (): void => {};
  gate.held = new Promise((resolve) => {
    letGo = () => {
      gate.held = undefined;
      resolve();
    };
  });
  return letGo;
}
