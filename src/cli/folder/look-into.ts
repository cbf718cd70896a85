import type { Run } from "../run.ts";
import { openSkillsFolder, type SkillsFolder } from "./skills-folder.ts";

/** The folder for a command that reads skills and runs none over it: it may hold the home directory. @throws LuaSkillsError `not_found` | `invalid_argument` */
export function lookInto(run: Run, skills = "."): SkillsFolder {
  const folder = openSkillsFolder(skills, { allowHome: true });
  if (folder.note !== undefined) run.report.info(folder.note);
  return folder;
}
