/**
 * One decision: an actor, the policies in force, strict or not. Pure; who asks keeps the audit.
 * @module
 */
import type { Actor, PolicyMeta, SecurityOptions, Verdict } from "../contract/security.ts";
import type { AccessRequest } from "./facts.ts";
import { Scope } from "./scope.ts";

export interface Decision {
  readonly allowed: boolean;
  readonly verdict: Verdict;
  /** The id of the policy that decided. */
  readonly policy: string | undefined;
}

/** Who acts under which policies. A call inside another inherits it; what it adds can only narrow. */
export class SecurityContext {
  private constructor(
    readonly actor: Actor | undefined,
    /** Every one has to allow, none may deny. Empty: no policies at all. */
    readonly scopes: readonly Scope[],
    readonly strict: boolean,
  ) {}

  /** @throws LuaSkillsError `invalid_argument` for a policy that breaks a rule */
  static of({ actor, policies, strict = true }: SecurityOptions = {}): SecurityContext {
    return new SecurityContext(actor, policies === undefined ? [] : [Scope.of(policies)], strict);
  }

  /** Another actor for one call, and policies that apply beside those in force. */
  narrow({ actor, policies }: Pick<SecurityOptions, "actor" | "policies">): SecurityContext {
    const scopes = policies === undefined ? this.scopes : [...this.scopes, Scope.of(policies)];
    return new SecurityContext(actor ?? this.actor, scopes, this.strict);
  }

  /** As an actor or under policies that code with the permission to do so has chosen. */
  as(actor: Actor | undefined, scope: Scope | undefined): SecurityContext {
    return new SecurityContext(actor ?? this.actor, scope === undefined ? this.scopes : [scope], this.strict);
  }

  decide(action: string, resource: string, meta?: PolicyMeta): Decision {
    const { actor, scopes } = this;
    if (actor === undefined || scopes.length === 0) {
      return { allowed: !this.strict, verdict: this.strict ? "deny" : "undefined", policy: undefined };
    }
    const request: AccessRequest = { actor, action, resource, meta };
    let policy: string | undefined;
    for (const scope of scopes) {
      const evaluation = scope.evaluate(request);
      if (evaluation.verdict !== "allow") {
        return { allowed: false, verdict: evaluation.verdict, policy: evaluation.policy };
      }
      policy = evaluation.policy;
    }
    return { allowed: true, verdict: "allow", policy };
  }
}
