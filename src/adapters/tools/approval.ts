import { LuaSkillsError } from "../../errors.ts";
import type { Approval } from "./tool.ts";

/**
 * Holds the host's word. What is neither yes nor an object that says so is no.
 * @param what is asked about: `the call of 'notes-add'`
 * @throws LuaSkillsError `permission_denied` with the host's reason
 */
export function requireApproval(answer: Approval, what: string, data: Readonly<Record<string, unknown>> = {}): void {
  const { approved, reason } =
    typeof answer === "object" && answer !== null ? answer : { approved: answer, reason: undefined };
  if (approved === true) return;
  const told = reason === undefined ? {} : { reason };
  throw new LuaSkillsError(
    "permission_denied",
    `${what} was not approved${reason === undefined ? "" : `: ${reason}`}`,
    {
      data: { ...data, ...told },
    },
  );
}
