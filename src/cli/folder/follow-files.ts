import path from "node:path";
import type { Runtime } from "../../contract/contract.ts";
import { LuaSkillsError } from "../../errors.ts";
import type { Run } from "../run.ts";
import { bringSkills } from "./open-runtime.ts";
import type { SkillsFolder } from "./skills-folder.ts";
import { Watch } from "./watch.ts";

/**
 * Loads the skills anew whenever one of their files has changed, and tells what is wrong with them then.
 * @param changed called after that
 */
export function followFiles(run: Run, runtime: Runtime, folder: SkillsFolder, changed = () => {}): Watch {
  const reload = async () => {
    try {
      await bringSkills(runtime, folder);
      for (const problem of runtime.problems()) run.report.problem(problem, folder.onDisk);
      run.report.info(`loaded: ${runtime.list().length} entries`);
      changed();
    } catch (thrown) {
      run.report.error(LuaSkillsError.from(thrown));
    }
  };
  const watched =
    folder.kind === "skill" ? folder.skillIds.map((id) => path.join(folder.skillsDir, id)) : [folder.skillsDir];
  return new Watch(watched, reload);
}
