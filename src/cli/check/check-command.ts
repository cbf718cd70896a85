import path from "node:path";
import { exitCodes } from "../../base/error-status.ts";
import { LuaSkillsError } from "../../errors.ts";
import { createNodeRuntime } from "../../platforms/node/node.ts";
import { lookInto } from "../folder/look-into.ts";
import { skillFiles } from "../folder/skill-files.ts";
import { noSkills, type SkillsFolder } from "../folder/skills-folder.ts";
import type { CommonSwitches, Run } from "../run.ts";
import { checkSkill } from "./check-skill.ts";
import { type Finding, findingText } from "./finding.ts";

interface CheckSwitches extends CommonSwitches {
  readonly strict?: boolean;
}

/** Findings of each skill of the folder. */
export type Findings = ReadonlyMap<string, readonly Finding[]>;

/** `luaskills-wasm check` */
export async function check(run: Run, skills: string | undefined, switches: CheckSwitches): Promise<number> {
  const folder = lookInto(run, skills);
  const findings = await checkFolder(folder);
  const all = [...findings].flatMap(([skill, found]) => found.map((each) => ({ skill, ...each })));
  const errors = all.filter(({ severity }) => severity === "error").length;
  if (switches.json) run.json(all);
  else tellFindings((text) => run.print(text), folder, findings, switches.quiet ?? false);
  const warnings = all.length - errors;
  run.report.note(
    `${counted(folder.skillIds.length, "skill")}: ${counted(errors, "error")}, ${counted(warnings, "warning")}`,
  );
  return errors > 0 || (switches.strict && warnings > 0) ? exitCodes.skillFailed : exitCodes.ok;
}

/** @throws LuaSkillsError `not_found` when there is no skill in the folder */
export async function checkFolder(folder: SkillsFolder): Promise<Findings> {
  if (folder.skillIds.length === 0) throw new LuaSkillsError("not_found", noSkills(folder));
  const runtime = await createNodeRuntime({ storage: { kind: "memory" }, load: false });
  try {
    const findings = new Map<string, readonly Finding[]>();
    for (const id of folder.skillIds) {
      findings.set(id, await checkSkill(runtime, id, skillFiles(path.join(folder.skillsDir, id))));
    }
    return findings;
  } finally {
    await runtime.close();
  }
}

export function tellFindings(
  tell: (text: string) => void,
  folder: SkillsFolder,
  findings: Findings,
  errorsOnly: boolean,
): void {
  for (const [id, found] of findings) {
    const place = path.relative(process.cwd(), path.join(folder.skillsDir, id)) || ".";
    for (const each of found) {
      if (each.severity === "error" || !errorsOnly) tell(findingText(each, place));
    }
  }
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}
