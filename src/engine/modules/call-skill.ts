/**
 * An entry of a skill called by a module (`funcs`): as `vulcan.call`, with the security of the caller or what it chose.
 * @module
 */
import type { SkillCallOptions } from "../../host/modules/services.ts";
import { type HostCallContext, LuaRaise, type LuaValue } from "../../lua/interface.ts";
import type { Call } from "../../modules/definition/interface.ts";
import { type LuaErrorOptions, luaError } from "../../modules/definition/module-error.ts";
import { ModuleCall } from "../../modules/vm/module-call.ts";
import { callAcross } from "../calls/call-entry.ts";
import type { EngineCore } from "../core.ts";
import { StructuredRaise } from "./structured-raise.ts";

/** An error object keeps its kind; anything else an entry raises is a fault of it. */
function factsOf(thrown: LuaRaise): LuaErrorOptions {
  if (!(thrown instanceof StructuredRaise)) return { kind: "Internal", retryable: false };
  const { kind, retryable, details } = thrown.facts;
  return {
    kind,
    ...(retryable === undefined ? {} : { retryable }),
    ...(typeof details === "object" && details !== null ? { details: details as LuaErrorOptions["details"] } : {}),
  };
}

/** @throws LuaError */
export async function callSkill(
  core: EngineCore,
  call: Call,
  target: string,
  args: readonly LuaValue[],
  options: SkillCallOptions,
): Promise<LuaValue> {
  const [skillId, localName] = target.split(":", 2);
  const entry = core.live.registry.entries.find(
    (each) => each.skill.skillId === skillId && each.entry.name === localName,
  );
  if (!entry)
    throw luaError(`function not found: ${target}`, { kind: "NotFound", retryable: false, details: { target } });
  if (!(call instanceof ModuleCall)) throw luaError("a skill was called outside of a run", { kind: "Internal" });
  const { hostContext, run } = call;
  const scope = { request: undefined, budget: undefined, config: undefined, luaexec: false };
  const acting = options.actor || options.scope ? run.security.as(options.actor, options.scope) : run.security;
  const context: HostCallContext = {
    vm: hostContext.vm,
    signal: options.signal ?? hostContext.signal,
    mayWaitHere: true,
    over: hostContext.over,
    charge: (units, bytes) => hostContext.charge(units, bytes),
    ranMs: hostContext.ranMs,
    get runMs() {
      return hostContext.runMs;
    },
    set runMs(left) {
      hostContext.runMs = left;
    },
  };
  try {
    const { values } = await callAcross(core, entry.canonicalName, args[0] ?? {}, scope, context, {
      security: acting,
      ctx: { ...run.values, ...options.ctx },
    });
    return values[0];
  } catch (thrown) {
    if (!(thrown instanceof LuaRaise)) throw thrown;
    throw luaError(thrown.message, { ...factsOf(thrown), cause: thrown });
  }
}
