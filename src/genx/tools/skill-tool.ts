import type { JsonObject } from "../../contract/contract.ts";
import { LuaSkillsError } from "../../errors.ts";
import type { Tool } from "../agents/agent-scope.ts";
import type { ScriptRuntime } from "../scripts/script-runner.ts";
import type { SkillToolDefinition } from "./tool-definition.ts";

/** Names of tools that models take. */
const toolName = (entry: string): string => entry.replaceAll(/[^A-Za-z0-9_-]/g, "_").slice(0, 64);

/** An entry of an installed skill as a tool. @throws LuaSkillsError `entry_not_found` */
export function skillTool(definition: SkillToolDefinition, runtime: ScriptRuntime): Tool {
  const entry = runtime.list().find(({ name }) => name === definition.skill);
  if (entry === undefined) {
    throw new LuaSkillsError("entry_not_found", `no entry is called "${definition.skill}"; runtime.list() names them`);
  }
  return {
    name: definition.name ?? toolName(entry.name),
    description: definition.description ?? entry.description,
    parameters: entry.inputSchema as JsonObject,
    quit: definition.quit,
    async invoke(args, { signal }) {
      const { content } = await runtime.call(entry.name, args as JsonObject, { signal });
      return content;
    },
  };
}
