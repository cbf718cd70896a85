/**
 * The module `security`: what the run may do, actors and scopes (host-modules.md §12).
 * @module
 */
import type { Actor, Policy, PolicyMeta } from "../../contract/security.ts";
import type { Call } from "../../modules/definition/interface.ts";
import { Scope } from "../../policy/scope.ts";
import { ActorHandle, ScopeHandle } from "./security-handles.ts";
import type { BuiltInModule } from "./services.ts";

export const securityModule: BuiltInModule = ({ arg, defineModule, defineType, fn, luaError, t }) => {
  const invalid = (message: string) => luaError(message, { kind: "Invalid", retryable: false });
  const missing = (message: string) => luaError(message, { kind: "NotFound", retryable: false });
  const meta = arg.table("meta").opt();
  const asMeta = (value: unknown) => (Array.isArray(value) ? {} : (value as PolicyMeta | undefined));
  const scopeFrom = (policies: readonly Policy[]) => {
    try {
      return new ScopeHandle(Scope.of(policies));
    } catch (cause) {
      throw invalid((cause as Error).message);
    }
  };

  const ActorType = defineType("security.Actor", {
    of: ActorHandle,
    methods: {
      id: fn({ returns: [t.string], run: (_call, self: ActorHandle) => self.actor.id }),
      meta: fn({ returns: [t.table], run: (_call, self: ActorHandle) => ({ ...self.actor.meta }) }),
    },
    metamethods: { __tostring: (_call, self) => `security.Actor{${self.actor.id}}` },
  });
  const PolicyArgument = arg.table("policy");
  const ScopeType = defineType("security.Scope", {
    of: ScopeHandle,
    methods: {
      with: fn({
        params: [PolicyArgument],
        returns: [t.any, t.optional(t.luaError)],
        run: (_call, self: ScopeHandle, policy: unknown) => scopeFrom([...self.scope.policies(), policy as Policy]),
      }),
      without: fn({
        params: [arg.string("id")],
        run: (_call, self: ScopeHandle, id: string) => new ScopeHandle(self.scope.without(id)),
      }),
      contains: fn({
        params: [arg.string("id")],
        returns: [t.boolean],
        run: (_call, self: ScopeHandle, id: string) => self.scope.contains(id),
      }),
      policies: fn({ returns: [t.array(t.table)], run: (_call, self: ScopeHandle) => self.scope.policies() as never }),
      evaluate: fn({
        params: [arg.type(ActorType), arg.string("action"), arg.string("resource"), meta],
        returns: [t.string],
        run: (_call, self: ScopeHandle, actor: ActorHandle, action: string, resource: string, facts?: unknown) =>
          self.scope.evaluate({ actor: actor.actor, action, resource, meta: asMeta(facts) }).verdict,
      }),
    },
    metamethods: { __tostring: (_call, self) => `security.Scope{${self.scope.policies().length}}` },
  });
  const own = (call: Call) => call.security.policies().flatMap((scope) => scope.policies());

  return defineModule({
    name: "security",
    description: "Permissions, actors and scopes",
    class: ["security", "nondeterministic"],
    permissions: ["security.actor.create", "security.scope.create", "security.policy.get", "security.policy_group.get"],
    types: [ActorType, ScopeType],
    functions: {
      can: fn({
        params: [arg.string("action"), arg.string("resource"), meta],
        returns: [t.boolean],
        run: (call, action, resource, facts) => call.security.allowed(action, resource, asMeta(facts)),
      }),
      actor: fn({
        returns: [ActorType],
        run: (call) => (call.security.actor ? new ActorHandle(call.security.actor as Actor) : undefined),
      }),
      scope: fn({ returns: [ScopeType], run: (call) => scopeFrom(own(call)) }),
      new_actor: fn({
        params: [arg.string("id"), meta],
        returns: [ActorType, t.optional(t.luaError)],
        permission: (id) => ["security.actor.create", id],
        run: (_call, id, facts) => {
          if (id === "") throw invalid("security.new_actor: the id is empty");
          return new ActorHandle({ id, meta: asMeta(facts) ?? {} });
        },
      }),
      new_scope: fn({
        params: [arg.table("policies").opt()],
        returns: [ScopeType, t.optional(t.luaError)],
        permission: () => ["security.scope.create", "custom"],
        run: (_call, policies) => scopeFrom((Array.isArray(policies) ? policies : []) as unknown as Policy[]),
      }),
      policy: fn({
        params: [arg.string("id")],
        returns: [t.table, t.optional(t.luaError)],
        permission: (id) => ["security.policy.get", id],
        run: (call, id) => {
          const found = own(call).find((policy) => policy.id === id);
          if (!found) throw missing(`policy not found: ${id}`);
          return found as never;
        },
      }),
      named_scope: fn({
        params: [arg.string("id")],
        returns: [ScopeType, t.optional(t.luaError)],
        permission: (id) => ["security.policy_group.get", id],
        run: (call, id) => {
          const members = own(call).filter((policy) => policy.groups?.includes(id));
          if (members.length === 0) throw missing(`policy group not found: ${id}`);
          return scopeFrom(members);
        },
      }),
    },
  });
};
