/**
 * Policies: which actions on which resources are allowed or denied, and under which conditions.
 * @module
 */
import type { Policy } from "../contract/security.ts";
import { LuaSkillsError } from "../errors.ts";
import { type ConditionTest, compileCondition } from "./condition.ts";
import type { AccessRequest } from "./facts.ts";
import { anyOf, type TextTest } from "./pattern.ts";

/** A policy that has been checked. */
export class CompiledPolicy {
  readonly #conditions: readonly ConditionTest[];
  readonly #actions: TextTest;
  readonly #resources: TextTest;

  /** @throws LuaSkillsError `invalid_argument` naming the policy and the member */
  constructor(readonly policy: Policy) {
    const id = typeof policy?.id === "string" ? policy.id : JSON.stringify(policy?.id);
    const refuse = (text: string) => new LuaSkillsError("invalid_argument", `policy "${id}": ${text}`);
    if (typeof policy?.id !== "string" || policy.id === "") throw refuse("it needs an id, a text that is not empty");
    for (const key of ["actions", "resources"] as const) {
      const list: unknown = policy[key];
      if (!Array.isArray(list) || list.length === 0 || !list.every((each) => typeof each === "string")) {
        throw refuse(`${key} must be a list of patterns such as ["doc.*"]`);
      }
    }
    if (policy.effect !== "allow" && policy.effect !== "deny") {
      throw refuse(`effect must be "allow" or "deny", got ${JSON.stringify(policy.effect)}`);
    }
    if (policy.conditions !== undefined && !Array.isArray(policy.conditions)) {
      throw refuse("conditions must be a list");
    }
    this.#actions = anyOf(policy.actions);
    this.#resources = anyOf(policy.resources);
    this.#conditions = (policy.conditions ?? []).map((condition) => compileCondition(condition, id));
  }

  applies(request: AccessRequest): boolean {
    return (
      this.#actions(request.action) &&
      this.#resources(request.resource) &&
      this.#conditions.every((holds) => holds(request))
    );
  }
}
