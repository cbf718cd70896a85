/**
 * An immutable set of policies, and what it says about a request: any deny denies, else any allow allows, else nothing.
 * @module
 */
import type { Policy, Verdict } from "../contract/security.ts";
import type { AccessRequest } from "./facts.ts";
import { CompiledPolicy } from "./policy.ts";

export interface Evaluation {
  readonly verdict: Verdict;
  /** The policy that decided. */
  readonly policy: string | undefined;
}

export class Scope {
  readonly #policies: ReadonlyMap<string, CompiledPolicy>;

  private constructor(policies: ReadonlyMap<string, CompiledPolicy>) {
    this.#policies = policies;
  }

  /** Later policies replace earlier ones of the same id. @throws LuaSkillsError `invalid_argument` */
  static of(policies: readonly Policy[] = []): Scope {
    return new Scope(new Map(policies.map(byId)));
  }

  with(policy: Policy): Scope {
    return new Scope(new Map([...this.#policies, byId(policy)]));
  }

  without(id: string): Scope {
    return new Scope(new Map([...this.#policies].filter(([each]) => each !== id)));
  }

  contains(id: string): boolean {
    return this.#policies.has(id);
  }

  get(id: string): Policy | undefined {
    return this.#policies.get(id)?.policy;
  }

  policies(): readonly Policy[] {
    return [...this.#policies.values()].map(({ policy }) => policy);
  }

  /** The policies of one group. */
  group(name: string): Scope {
    return new Scope(new Map([...this.#policies].filter(([, { policy }]) => policy.groups?.includes(name))));
  }

  evaluate(request: AccessRequest): Evaluation {
    let allowed: string | undefined;
    for (const [id, policy] of this.#policies) {
      if (policy.policy.effect === "allow" && allowed !== undefined) continue;
      if (!policy.applies(request)) continue;
      if (policy.policy.effect === "deny") return { verdict: "deny", policy: id };
      allowed = id;
    }
    return { verdict: allowed === undefined ? "undefined" : "allow", policy: allowed };
  }
}

function byId(policy: Policy): [string, CompiledPolicy] {
  const compiled = new CompiledPolicy(policy);
  return [policy.id, compiled];
}
