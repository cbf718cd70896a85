/** What is told when the folders of a start are not what they should be: a file where `state` or a root of skills belongs. */
import type { LuaSkillsError } from "../../errors.ts";
import type { EngineCore } from "../core.ts";

export function tellDamage(core: EngineCore, error: LuaSkillsError): void {
  const { chain, registry } = core.live;
  const { message } = error;
  const where = { skillId: "", rootName: "", skillDir: core.settings.runtimeRoot, phase: "manifest" } as const;
  const problem = { ...where, message, error: error.toData() };
  core.live.replace({ registry, problems: [problem], roots: chain });
  core.services.log({ level: "error", message: `[LuaSkill] Failed to load the skills: ${message}` });
  core.platform.registryChanged(core.live.snapshot);
  core.platform.emit("problem", problem);
}
