/**
 * A snippet of Lua on behalf of a module function (`eval_runner`): in a state that is made for it, within the limits of its caller.
 * @module
 */
import { LuaSkillsError } from "../../errors.ts";
import type { Snippet } from "../../host/modules/services.ts";
import { type LuaValue, LuaValueError } from "../../lua/interface.ts";
import type { Call } from "../../modules/definition/interface.ts";
import { type LuaErrorOptions, luaError } from "../../modules/definition/module-error.ts";
import { ModuleCall } from "../../modules/vm/module-call.ts";
import type { EngineCore } from "../core.ts";
import { useVm } from "../vms/borrow.ts";
import { runFailure, syntaxFailure } from "../vms/run-error.ts";
import type { RunState } from "../vms/run-state.ts";

const head = "eval: ";

/** The call and its run, when it may have what the snippet asks for. @throws LuaError */
export function checkSnippet(core: EngineCore, call: Call, snippet: Snippet): { call: ModuleCall; outer: RunState } {
  if (!(call instanceof ModuleCall)) throw luaError("a snippet was run outside of a run", { kind: "Internal" });
  const { hostContext } = call;
  const outer = core.book.runOf(hostContext.vm);
  if (!outer) throw luaError("a snippet was run outside of a run", { kind: "Internal" });
  const { callDepth } = core.settings.limits;
  if (outer.depth >= callDepth) {
    throw luaError(`snippets may be nested ${callDepth} levels deep (limits.callDepth)`, { kind: "Unavailable" });
  }
  const granted = core.book.modules?.grantedTo(hostContext.vm) ?? [];
  const foreign = snippet.modules.find((name) => !granted.includes(name));
  if (foreign !== undefined) {
    const available = `${granted.length} modules: ${granted.join(", ")}`;
    throw luaError(`module "${foreign}" is not available (have ${available})`, { kind: "NotFound", retryable: false });
  }
  return { call, outer };
}

/** @throws LuaError */
export async function runSnippet(core: EngineCore, from: Call, snippet: Snippet): Promise<LuaValue> {
  const { call, outer } = checkSnippet(core, from, snippet);
  const { hostContext, run: caller } = call;
  const run = outer.derive({
    signal: hostContext.signal,
    deeper: true,
    waits: hostContext,
    acting: { security: caller.security, ctx: snippet.context },
    modules: { modules: snippet.modules, kind: "eval", allowedClasses: snippet.allowClasses },
  });
  try {
    return await useVm(
      core,
      "main",
      undefined,
      run,
      (_loaded, use) =>
        use(
          "run_code",
          [snippet.code, snippet.args, undefined, undefined, undefined, false],
          (reader): LuaValue => {
            if (!reader.boolean(2)) throw syntaxFailure(reader.text(3) ?? "", head);
            return reader.value(3);
          },
          (thrown) => (thrown instanceof LuaValueError ? thrown : runFailure(thrown, head)),
        ),
      { behalf: core.book.subjectOf(hostContext.vm) ?? "", forgives: true },
    );
  } catch (thrown) {
    if (thrown instanceof LuaValueError) {
      throw luaError(`eval: the result is no data: ${thrown.message}`, { kind: "Invalid", retryable: false });
    }
    throw structured(thrown);
  }
}

/** An error object of the snippet keeps its kind; anything else it raises is a fault of it. */
function structured(thrown: unknown): unknown {
  if (!(thrown instanceof LuaSkillsError) || typeof thrown.data.kind !== "string") return thrown;
  const { kind, retryable, details } = thrown.data;
  return luaError(thrown.message.replace(/^eval: runtime error: /, ""), {
    kind,
    ...(typeof retryable === "boolean" ? { retryable } : {}),
    ...(typeof details === "object" && details !== null ? { details: details as LuaErrorOptions["details"] } : {}),
    cause: thrown,
  });
}
