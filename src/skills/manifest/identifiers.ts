/**
 * The identifier rule of skill ids and entry names (spec engine.md §2.2).
 * @module
 */
import { LuaSkillsError, type LuaSkillsErrorCode } from "../../errors.ts";

const pattern = /^[a-z]([a-z0-9-]*[a-z0-9])?$/;

/** Looks at the value as it is: trim first where the rule applies to a trimmed value. */
export function isIdentifier(value: string): boolean {
  return pattern.test(value);
}

/** What a refusal says; `label` names the value (`skill_id`, `entry.name`, …). */
export function identifierComplaint(label: string): string {
  return `${label} must match ^[a-z]([a-z0-9-]*[a-z0-9])?$`;
}

/** The trimmed identifier. @throws LuaSkillsError with the text of §2.2. */
export function requireIdentifier(
  value: unknown,
  label: string,
  code: LuaSkillsErrorCode = "invalid_argument",
): string {
  if (typeof value !== "string") throw new LuaSkillsError(code, `${label} must be a string, got ${typeof value}`);
  const trimmed = value.trim();
  if (!isIdentifier(trimmed)) throw new LuaSkillsError(code, identifierComplaint(label), { data: { value } });
  return trimmed;
}
