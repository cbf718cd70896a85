/**
 * Registry, help and configuration of the JSON API (engine.md §11.2).
 * @module
 */
import type { JsonObject } from "../../contract/contract.ts";
import { requestShape } from "../../host/call/context.ts";
import { helpDetail, listSkillHelp } from "../../skills/help.ts";
import { nativeDescriptor, visibleEntries, visibleEntry } from "../../skills/registry/registry.ts";
import { runLuaHelp } from "../calls/lua-help.ts";
import { authorityOf, type JsonMethod, member, runOf } from "./method.ts";

const listEntries: JsonMethod = (input, { fn }) => {
  const authority = authorityOf(input, fn);
  return ({ core }) => visibleEntries(core.live.registry, authority).map((entry) => nativeDescriptor(entry.descriptor));
};

const listHelp: JsonMethod = (input, { fn }) => {
  const authority = authorityOf(input, fn);
  return ({ core }) => listSkillHelp(core.live.registry, authority);
};

const helpPage: JsonMethod = (input, origin) => {
  const skillId = input.required("skill_id").string();
  const flowName = input.required("flow_name").string();
  const request = member(input, "request_context");
  requestShape(request);
  const run = runOf(input, origin);
  const authority = authorityOf(input, origin.fn);
  return ({ core }) =>
    helpDetail(core.services.vfs, core.live.registry, {
      skillId,
      flowName,
      authority,
      runLua: (file) => runLuaHelp(core, file, request, run(core, skillId)),
    });
};

const completions: JsonMethod = (input, { fn }) => {
  input.required("prompt_name").string();
  input.required("argument_name").string();
  authorityOf(input, fn);
  return () => null;
};

const isSkill: JsonMethod = (input, { fn }) => {
  const name = input.required("tool_name").string();
  const authority = authorityOf(input, fn);
  return ({ core }) => ({ value: visibleEntry(core.live.registry, name, authority) !== undefined });
};

const skillOfTool: JsonMethod = (input, { fn }) => {
  const name = input.required("tool_name").string();
  const authority = authorityOf(input, fn);
  return ({ core }): JsonObject => {
    const entry = visibleEntry(core.live.registry, name, authority);
    return entry ? { skill_id: entry.skill.skillId } : {};
  };
};

const configList: JsonMethod = (input) => {
  const skillId = input.optional("skill_id")?.string();
  return ({ core }) => core.services.config.entries(skillId).map((entry) => ({ ...entry }));
};

const configGet: JsonMethod = (input) => {
  const skillId = input.required("skill_id").string();
  const key = input.required("key").string();
  return ({ core }) => {
    const value = core.services.config.get(skillId, key);
    return { found: value !== undefined, skill_id: skillId, key, ...(value === undefined ? {} : { value }) };
  };
};

const configSet: JsonMethod = (input) => {
  const skillId = input.required("skill_id").string();
  const key = input.required("key").string();
  const value = input.required("value").string();
  return ({ core }) => {
    core.services.config.set(skillId, key, value);
    return { action: "set", skill_id: skillId, key, value };
  };
};

const configDelete: JsonMethod = (input) => {
  const skillId = input.required("skill_id").string();
  const key = input.required("key").string();
  return ({ core }) => ({
    action: "delete",
    skill_id: skillId,
    key,
    deleted: core.services.config.delete(skillId, key),
  });
};

export const queryMethods: Readonly<Record<string, JsonMethod>> = {
  list_entries: listEntries,
  list_skill_help: listHelp,
  render_skill_help_detail: helpPage,
  prompt_argument_completions: completions,
  is_skill: isSkill,
  skill_name_for_tool: skillOfTool,
  skill_config_list: configList,
  skill_config_get: configGet,
  skill_config_set: configSet,
  skill_config_delete: configDelete,
};
