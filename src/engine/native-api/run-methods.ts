/**
 * Loading, calling and running code over the JSON API (engine.md §11.2).
 * @module
 */
import type { CallResult, Json, JsonObject } from "../../contract/contract.ts";
import { LuaSkillsError } from "../../errors.ts";
import { callEntry } from "../calls/call-entry.ts";
import { runLua } from "../calls/run-lua.ts";
import { loadRoots } from "../skills/load-roots.ts";
import { invocationOf, type JsonMethod, member, rootsOf, runOf } from "./method.ts";

const load =
  (kind: "load" | "reload"): JsonMethod =>
  (input) => {
    const roots = rootsOf(input);
    return async ({ core, queue }): Promise<JsonObject> => {
      await queue.run(() => loadRoots(core, roots, kind));
      return kind === "load" ? { loaded: true } : { reloaded: true };
    };
  };

const callSkill: JsonMethod = (input, origin) => {
  const name = input.required("tool_name").string();
  const args = member(input, "args") ?? {};
  const context = invocationOf(input);
  const run = runOf(input, origin);
  return async ({ core }) => {
    // The native text: ported clients look at it, and suggestions are not part of it.
    const entry = core.live.registry.get(name);
    if (!entry) throw new LuaSkillsError("entry_not_found", `Lua skill '${name}' not found`);
    return nativeResult(await callEntry(core, name, args as JsonObject, context, run(core, entry.skill.skillId)));
  };
};

const runCode: JsonMethod = (input, origin) => {
  const code = input.required("code").string();
  const args = member(input, "args") ?? {};
  const context = invocationOf(input);
  const run = runOf(input, origin);
  return ({ core }) => runLua(core, code, args, context, run(core));
};

/** engine.md §7.3: `host_result` is omitted when absent. */
function nativeResult(result: CallResult): Json {
  return {
    content: result.content,
    overflow_mode: result.overflowMode,
    template_hint: result.templateHint,
    content_bytes: result.contentBytes,
    content_lines: result.contentLines,
    ...(result.hostResult ? { host_result: { ...result.hostResult } } : {}),
  };
}

export const runMethods: Readonly<Record<string, JsonMethod>> = {
  load_from_roots: load("load"),
  reload_from_roots: load("reload"),
  call_skill: callSkill,
  run_lua: runCode,
};
