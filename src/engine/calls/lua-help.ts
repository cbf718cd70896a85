/**
 * Help pages written in Lua (engine.md §5.3).
 * @module
 */
import type { Json } from "../../contract/contract.ts";
import { LuaSkillsError } from "../../errors.ts";
import { requestShape } from "../../host/call/context.ts";
import { dirname } from "../../host/path/path.ts";
import { type LuaReader, LuaRunError } from "../../lua/interface.ts";
import { helpDetail, type LuaHelpFile, listSkillHelp } from "../../skills/help.ts";
import { readText, reasonText } from "../../skills/vfs-text.ts";
import type { Ops } from "../../wire/ops.ts";
import type { EngineCore } from "../core.ts";
import { useVm } from "../vms/borrow.ts";
import { plainSource } from "../vms/loaded-vm.ts";
import { position, runFailure } from "../vms/run-error.ts";
import type { RunState } from "../vms/run-state.ts";

/** All trees, one tree, or a page. @throws LuaSkillsError `not_found` for a skill that is not loaded */
export async function helpRequest(
  core: EngineCore,
  { skillId, flow }: Ops["help"][0],
  run: RunState,
): Promise<Ops["help"][1]> {
  const { live, services } = core;
  if (skillId === undefined) return listSkillHelp(live.registry);
  if (!live.registry.skill(skillId)) {
    throw new LuaSkillsError("not_found", `skill '${skillId}' is not loaded`, { data: { skillId } });
  }
  return helpDetail(services.vfs, live.registry, {
    skillId,
    flowName: flow ?? "main",
    runLua: (file) => runLuaHelp(core, file, undefined, run),
  });
}

/** The text of a `.lua` help page. @throws LuaSkillsError with the texts of §5.3 */
export async function runLuaHelp(
  core: EngineCore,
  file: LuaHelpFile,
  request: Json | undefined,
  run: RunState,
): Promise<string> {
  const { skill, path } = file;
  const relative = file.chunkName.slice(skill.skillId.length + 1);
  const scope = requestShape(request);
  const source = readPage(core, path);
  return useVm(core, "main", skill, run, async (_loaded, use) => {
    const page = await use(
      "help",
      [skill.skillId, source, file.chunkName, path, dirname(path), relative, scope],
      (reader) => readAnswer(path, reader),
      (thrown) => failure(thrown, `Help init error for ${path}: `, path),
    );
    if (page !== undefined) return page;
    return use(
      "help_function",
      [],
      (reader) => readAnswer(path, reader) ?? "",
      (thrown) => failure(thrown, `Help runtime error for ${path}: `, path),
    );
  });
}

function failure(thrown: unknown, head: string, path: string): unknown {
  return thrown instanceof LuaRunError ? runFailure(thrown, head, placed(path, thrown.message)) : thrown;
}

/** The page itself, unless the text names another file. */
function placed(path: string, message: string) {
  return { file: path, ...position(message) };
}

/** Undefined when the page answered a function, which is called next. */
function readAnswer(path: string, reader: LuaReader): string | undefined {
  const stage = reader.text(2);
  if (stage === "function") return undefined;
  if (stage === "compile") {
    throw new LuaSkillsError(
      "lua_syntax_error",
      `Help compile error for ${path}: syntax error: ${reader.text(3) ?? ""}`,
      { data: placed(path, reader.text(3) ?? "") },
    );
  }
  const type = reader.type(3);
  if (type !== "string") {
    throw new LuaSkillsError("invalid_result", `Help ${path} must return a plain string, actual_type='${type}'`);
  }
  const text = reader.text(3);
  if (text === undefined) {
    throw new LuaSkillsError("invalid_result", `Help ${path} returned invalid UTF-8 text: invalid utf-8 sequence`);
  }
  return text;
}

function readPage(core: EngineCore, path: string): string {
  try {
    return plainSource(readText(core.services.vfs, path));
  } catch (error) {
    throw new LuaSkillsError("not_found", `Failed to read help file ${path}: ${reasonText(error)}`, { cause: error });
  }
}
