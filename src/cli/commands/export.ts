import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { toAgentSkill } from "../../adapters/agent-skills/index.ts";
import { exitCodes } from "../../base/error-status.ts";
import { LuaSkillsError } from "../../errors.ts";
import { type EngineSwitches, onFolder } from "../folder/on-folder.ts";
import type { CommonSwitches, Run } from "../run.ts";
import { usageError } from "../usage-error.ts";

interface ExportSwitches extends EngineSwitches, CommonSwitches {
  readonly agentSkill?: boolean;
  readonly out: string;
}

/** `luaskills-wasm export --agent-skill`: a folder for each skill, which must not be there. */
export async function exportSkills(
  run: Run,
  skills: string | undefined,
  skill: string | undefined,
  { agentSkill = false, out, ...switches }: ExportSwitches,
): Promise<number> {
  if (!agentSkill) {
    throw usageError("say what the skill is exported as: --agent-skill (SKILL.md beside the package)");
  }
  return onFolder(run, skills ?? ".", { ...switches, memory: true }, async ({ folder, runtime, tellProblems }) => {
    await tellProblems();
    const written = [];
    for (const id of skill === undefined ? folder.skillIds : [skill]) {
      const { name, files } = await toAgentSkill(runtime, id);
      const target = path.join(out, name);
      if (existsSync(target))
        throw new LuaSkillsError("conflict", `${target} is there already; remove it, or give another --out`);
      for (const [file, content] of Object.entries(files)) {
        await mkdir(path.dirname(path.join(target, file)), { recursive: true });
        await writeFile(path.join(target, file), content);
      }
      written.push({ skillId: id, folder: target, files: Object.keys(files).length });
    }
    if (switches.json) run.json(written);
    else for (const each of written) run.print(`${each.folder}  ${each.files} files`);
    return exitCodes.ok;
  });
}
