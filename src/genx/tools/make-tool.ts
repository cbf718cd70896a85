import { LuaSkillsError } from "../../errors.ts";
import type { Tool } from "../agents/agent-scope.ts";
import type { ScriptRunner } from "../scripts/script-runner.ts";
import { fromLegacyTool, legacyTypes } from "./legacy-tools.ts";
import { luaTool } from "./lua-tool.ts";
import { skillTool } from "./skill-tool.ts";
import {
  type FunctionTool,
  type LegacyToolDefinition,
  type LuaToolDefinition,
  type SkillToolDefinition,
  schemaOf,
  type ToolDefinition,
  type ToolReference,
} from "./tool-definition.ts";

export interface ToolParts {
  readonly scripts: ScriptRunner;
  readonly env: Readonly<Record<string, string>>;
  readonly find: (reference: string) => Tool | undefined;
  /** Told once per old type. */
  readonly outdated: (type: string) => void;
}

/** The tool of a definition, whatever its form. @throws LuaSkillsError `invalid_argument`, `not_found`, `entry_not_found` */
export async function makeTool(definition: ToolDefinition, parts: ToolParts): Promise<Tool> {
  if ("invoke" in definition && typeof definition.invoke === "function") return definition as Tool;
  if ("run" in definition && typeof definition.run === "function") return functionTool(definition as FunctionTool);
  if ("skill" in definition) return skillTool(definition as SkillToolDefinition, parts.scripts.runtime);
  if ("$ref" in definition) return reference(definition as ToolReference, parts);
  if ("type" in definition && typeof definition.type === "string" && legacyTypes.has(definition.type)) {
    parts.outdated(definition.type);
    const legacy = definition as LegacyToolDefinition;
    if (legacy.type === "built-in") return reference({ $ref: legacy.name, quit: legacy.quit }, parts);
    return luaTool(fromLegacyTool(legacy, parts.env), parts.scripts);
  }
  if ("lua" in definition || "lua_file" in definition) return luaTool(definition as LuaToolDefinition, parts.scripts);
  const { name = "?" } = definition as { name?: string };
  throw new LuaSkillsError("invalid_argument", `tool ${name}: give lua, lua_file, skill, run or $ref`);
}

function functionTool({ name, description = "", params, quit, run }: FunctionTool): Tool {
  return { name, description, parameters: schemaOf(params), quit, invoke: async (args, context) => run(args, context) };
}

function reference({ $ref, quit }: ToolReference, { find }: ToolParts): Tool {
  const tool = find($ref);
  if (tool === undefined) throw new LuaSkillsError("not_found", `no tool is called "${$ref}"`);
  return quit === undefined ? tool : { ...tool, quit };
}
