/**
 * luaskills-wasm/agent-skills: LuaSkills packages as Agent Skill folders (`SKILL.md`), and the other way round.
 *
 * @example
 * const { name, files } = await toAgentSkill(runtime, "notebook");
 * await installAgentSkill(runtime, import.meta.glob("./pdf-tools/**", { query: "?raw", import: "default", eager: true }));
 *
 * @module
 */
export type { AgentSkillFiles } from "./folder.ts";
export { fromAgentSkill, installAgentSkill, type LuaSkillPackage } from "./from-agent-skill.ts";
export { type AgentSkill, toAgentSkill } from "./to-agent-skill.ts";
