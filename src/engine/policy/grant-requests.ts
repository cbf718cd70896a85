/**
 * `runtime.grants`.
 * @module
 */
import type { StandingGrant } from "../../contract/contract.ts";
import { LuaSkillsError } from "../../errors.ts";
import type { EngineRequest } from "../../wire/ops.ts";
import type { EngineCore } from "../core.ts";

type GrantRequest = Extract<EngineRequest, { op: `grants.${string}` }>;

/** @throws LuaSkillsError `invalid_argument` */
export function grantRequest({ policy }: EngineCore, request: GrantRequest): StandingGrant[] | boolean {
  const { skill } = request;
  if (skill !== undefined && skill !== null && typeof skill !== "string") {
    throw new LuaSkillsError(
      "invalid_argument",
      `${request.op}: skill must be a skill id, or null for code without one`,
    );
  }
  if (request.op === "grants.list") {
    return (policy.answers?.list() ?? []).filter((each) => skill === undefined || each.skill === skill);
  }
  if (skill === undefined) {
    throw new LuaSkillsError(
      "invalid_argument",
      "grants.revoke: skill must say whose grants; null is code without a skill",
    );
  }
  return policy.answers?.revoke({ ...request, skill }) ?? false;
}
