import { LuaSkillsError } from "../../errors.ts";
import type { Tool } from "../agents/agent-scope.ts";
import type { Script, ScriptRunner } from "../scripts/script-runner.ts";
import { type LuaToolDefinition, schemaOf } from "./tool-definition.ts";

/** A tool whose `invoke(ctx, args)` is Lua or Luau (genx.md §6.4). @throws LuaSkillsError `invalid_argument`, `not_found` */
export async function luaTool(definition: LuaToolDefinition, scripts: ScriptRunner): Promise<Tool> {
  const script = await readScript({ kind: "tool", ...definition }, scripts);
  return {
    name: definition.name,
    description: definition.description ?? "",
    parameters: schemaOf(definition.params),
    quit: definition.quit,
    invoke: (args, { signal, scope }) => scripts.run(script, scope, { handler: "invoke", args }, signal),
  };
}

interface ScriptDefinition {
  readonly kind: "tool" | "agent";
  readonly name: string;
  readonly lua?: string;
  readonly lua_file?: string;
  readonly modules?: readonly string[];
  readonly timeout?: number;
}

/** The script of a definition; inline text may be Lua or Luau. */
export async function readScript(definition: ScriptDefinition, scripts: ScriptRunner): Promise<Script> {
  const { kind, name, lua, lua_file: file, modules = [], timeout } = definition;
  if ((lua === undefined) === (file === undefined)) {
    throw new LuaSkillsError("invalid_argument", `${kind} ${name}: give either lua or lua_file`);
  }
  return {
    kind,
    name,
    source: lua ?? (await readFile(file ?? "", `${kind} ${name}`, scripts)),
    luau: file === undefined ? /^\s*--!(?:strict|nonstrict|nocheck)/.test(lua ?? "") : file.endsWith(".luau"),
    modules,
    timeoutMs: timeout,
  };
}

async function readFile(path: string, what: string, { runtime }: ScriptRunner): Promise<string> {
  if (runtime.fs === undefined) {
    throw new LuaSkillsError(
      "capability_unavailable",
      `${what}: this runtime has no files; give the script inline (lua)`,
    );
  }
  return runtime.fs.readText(path);
}
