/**
 * The engine as the namespaces that reach into it see it: other skills, luaexec, whose VM it is.
 * @module
 */
import { chargeOutput, type EngineAccess } from "../host/run.ts";
import { entryCalls } from "./calls/entry-calls.ts";
import type { EngineCore } from "./core.ts";

export function engineAccess(core: EngineCore): EngineAccess {
  return {
    isolated: core.settings.isolated,
    runOf: (vm) => core.book.runOf(vm),
    ownerOf: (vm) => core.book.ownerOf(vm),
    subjectOf: (vm) => core.book.subjectOf(vm),
    async refusal(vm, action, resource, signal) {
      const run = core.book.runOf(vm);
      const ruled = core.policy.refusal(core.book.subjectOf(vm), action, resource, signal);
      // The host is asked, who may call the runtime before it answers.
      const refusal = await (run && ruled instanceof Promise ? run.whileWaiting(() => ruled) : ruled);
      if (refusal === undefined) return undefined;
      chargeOutput(run, resource);
      run?.refused(refusal);
      return refusal;
    },
    isDenied: (vm, action, resource) =>
      core.policy.grants.decide({ skill: core.book.subjectOf(vm), action, resource }).ruling === "deny",
    whileWaiting: (vm, work) => core.book.runOf(vm)?.whileWaiting(work) ?? work(),
    target: (name) => {
      const entry = core.live.registry.get(name);
      return entry && { skillId: entry.skill.skillId, localName: entry.entry.name };
    },
    callRemote: async (name, args, scope, context) => (await entryCalls()).callAcross(core, name, args, scope, context),
    managedRuntime:
      core.settings.given.process?.kind === "bridge"
        ? async (asking, context) => (await import("./on-demand.ts")).managedRuntime(core, asking, context)
        : undefined,
    luaexec: async (request, caller, context) =>
      (await import("./on-demand.ts")).luaexecFromLua(core, request, caller, context),
  };
}
