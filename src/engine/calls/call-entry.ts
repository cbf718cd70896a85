/**
 * Calling entries (engine.md §7.1) and crossing to other skills (vulcan-api.md §5).
 * @module
 */
import { messageOf } from "../../base/message-of.ts";
import type { CallResult, InvocationContext, JsonObject } from "../../contract/contract.ts";
import { LuaSkillsError } from "../../errors.ts";
import { argumentTable, type HostResultPolicy, hostResultPolicy, requestScope } from "../../host/call/context.ts";
import type { NestedScope } from "../../host/run.ts";
import {
  type HostCallContext,
  LuaRaise,
  type LuaReader,
  LuaResults,
  LuaRunError,
  type LuaValue,
} from "../../lua/interface.ts";
import type { RegisteredEntry } from "../../skills/types.ts";
import type { EngineCore } from "../core.ts";
import { type UseDriver, useVm } from "../vms/borrow.ts";
import { loadChunk } from "../vms/loaded-vm.ts";
import { runFailure } from "../vms/run-error.ts";
import type { ActingFor, RunState } from "../vms/run-state.ts";
import { readCallResult } from "./result-protocol.ts";

/** What the Lua states of one call may hold together before another is nested: so many times limits.vmMemoryBytes, or bytes. */
const nestedShare = 3;
const nestedMemory = 128 * 2 ** 20;

/** What only callers need that take a fourth value of a result. */
const hostResultReader = async (name: string, policy: HostResultPolicy) => {
  const { hostResult } = await import("./host-result.ts");
  return (json: string) => hostResult(name, json, policy);
};
/** What only failures need. */
const explanations = () => import("./explanations.ts");

/** Results of a driver start after the damage text and the success flag (scope.lua). */
const firstResult = 3;

/** @throws LuaSkillsError `entry_not_found`, `lua_error`, `invalid_result`, a stop reason */
export async function callEntry(
  core: EngineCore,
  name: string,
  args: JsonObject,
  context: InvocationContext | undefined,
  run: RunState,
): Promise<CallResult> {
  const started = performance.now();
  const entry = core.live.registry.get(name);
  if (!entry) throw (await explanations()).entryNotFound(name, core.live);
  const scope = requestScope(context);
  const policy = hostResultPolicy(scope);
  const head = `Lua skill '${name}' error: `;
  const hostResult = policy.enabled ? await hostResultReader(name, policy) : undefined;
  const call = (use: UseDriver) =>
    use(
      "call_entry",
      [name, argumentTable(args), scope.request, scope.budget, scope.config, false],
      (reader) => {
        if (!reader.boolean(2)) throw new LuaSkillsError("lua_error", reader.text(3) ?? "", { data: { entry: name } });
        return readCallResult(name, reader, firstResult, hostResult);
      },
      (thrown) => {
        const error = runFailure(thrown, head, { entry: name, skillId: entry.skill.skillId });
        // What the handler raised or returned is logged, what kept it from running is not.
        const told = thrown instanceof LuaRunError ? !thrown.details.refused : error.code === "invalid_result";
        if (told && core.policy.mayLog(entry.skill.skillId, error.message)) core.services.logError(error.message, run);
        return error;
      },
    );
  try {
    const result = await useVm(core, "main", entry.skill, run, (loaded, use) =>
      entry.skill.manifest.debug ? hotReload(core, entry, loaded, run).then(() => call(use)) : call(use),
    );
    return { ...result, usage: run.usage(performance.now() - started) };
  } catch (thrown) {
    throw await (await explanations()).explain(core, thrown, run, entry.skill);
  }
}

/** A skill with `debug: true` is recompiled from disk before each call by the host (vulcan-api.md §3.1). */
async function hotReload(
  core: EngineCore,
  { entry, skill }: RegisteredEntry,
  loaded: Parameters<typeof loadChunk>[0],
  run: RunState,
): Promise<void> {
  const path = `${skill.dir}/${entry.luaEntry}`;
  core.services.log({ level: "info", message: `[LuaSkill] Hot reload ${entry.luaModule}: ${path}` }, run.requestId);
  await loadChunk(loaded, core.services.vfs, skill, entry, core.book.runOptions(run));
}

/**
 * `vulcan.call` to a skill whose code is not in the caller's VM: values are copied, the target runs on a VM of its own
 * that does not count against the pool, so two skills calling each other cannot starve.
 */
export async function callAcross(
  core: EngineCore,
  name: string,
  args: LuaValue,
  scope: NestedScope,
  context: HostCallContext,
  acting?: ActingFor,
): Promise<LuaResults> {
  const entry = core.live.registry.get(name);
  if (!entry) throw new LuaRaise(`Skill '${name}' not found`);
  const caller = core.book.runOf(context.vm);
  if (!caller) throw new LuaSkillsError("internal", "vulcan.call outside of a run");
  if (caller.mayCall?.has(name) === false) {
    throw new LuaRaise(`Skill '${name}' may not be called here, only: ${[...caller.mayCall].join(", ")}`);
  }
  const limit = core.settings.limits.callDepth;
  if (caller.depth >= limit) {
    throw new LuaRaise(`vulcan.call: calls across skills may be nested ${limit} levels deep (limits.callDepth)`);
  }
  const { skillId } = entry.skill;
  const { callTimeoutMs = 0, runMs } = core.policy.grants.limits(skillId) ?? {};
  const run = caller.derive({
    signal: context.signal,
    deeper: true,
    waits: context,
    runMs,
    ...(callTimeoutMs > 0
      ? { limit: { timeoutMs: callTimeoutMs, message: `time limit of ${callTimeoutMs} ms exceeded` } }
      : {}),
    ...(acting ? { acting } : {}),
  });
  run.above = caller.above + context.vm.memoryBytes;
  const room = Math.max(nestedMemory, nestedShare * core.settings.limits.vmMemoryBytes);
  if (run.above > room) {
    throw new LuaRaise(
      `vulcan.call: the Lua states of this call hold ${run.above} bytes, more than ${room} may be nested`,
    );
  }
  const kind = core.book.kindOf(context.vm) === "luaexec" ? "luaexec" : "main";
  return useVm(
    core,
    kind,
    entry.skill,
    run,
    (_loaded, use) =>
      use(
        "call_entry",
        [name, args, scope.request, scope.budget, scope.config, scope.luaexec],
        (reader) => {
          if (!reader.boolean(2)) throw new LuaRaise(`Skill function '${entry.entry.luaModule}' not found`);
          return new LuaResults(copyResults(name, reader));
        },
        (thrown) => raised(thrown, run),
      ),
    { forgives: true },
  );
}

function copyResults(name: string, reader: LuaReader): LuaValue[] {
  const values: LuaValue[] = [];
  for (let i = firstResult; i <= reader.count; i++) {
    try {
      values.push(reader.value(i));
    } catch (error) {
      const detail = messageOf(error);
      const position = i - firstResult + 1;
      throw new LuaRaise(
        `vulcan.call: result ${position} of '${name}' cannot cross from another isolated skill: ${detail}`,
      );
    }
  }
  return values;
}

/** The target's error value, raised in the caller's VM (§5.1: it propagates). */
function raised(thrown: unknown, run: RunState): unknown {
  if (!(thrown instanceof LuaRunError)) return thrown;
  if (thrown.details.reason) run.stop(thrown.details.reason);
  return new LuaRaise(thrown.message, thrown.details.value ?? thrown.message);
}
