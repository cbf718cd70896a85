import type { Actor } from "../../contract/security.ts";
import type { Scope } from "../../policy/scope.ts";

/** What Lua holds as `security.Actor`. */
export class ActorHandle {
  readonly kind = "actor";
  constructor(readonly actor: Actor) {}
}

/** What Lua holds as `security.Scope`. */
export class ScopeHandle {
  readonly kind = "scope";
  constructor(readonly scope: Scope) {}
}
