import type { SupervisedRuntime } from "../../client/supervise.ts";
import type { Run } from "../run.ts";
import { disabledSkills, disabledText } from "./disabled-skills.ts";
import { type OpenOptions, openRuntime } from "./open-runtime.ts";
import { openSkillsFolder, type SkillsFolder } from "./skills-folder.ts";

/** What commands that start an engine are told. */
export interface EngineSwitches {
  readonly memory?: boolean;
  readonly lenient?: boolean;
  readonly allowHome?: boolean;
}

export interface OpenFolder extends SupervisedRuntime {
  readonly folder: SkillsFolder;
  /** Tells of the skills that did not load, and of those that are turned off. */
  tellProblems(): Promise<void>;
}

/** Work on a runtime over the folder, which is closed whatever happens. Its log goes to the report. */
export async function onFolder<T>(
  run: Run,
  given: string,
  { memory = false, lenient = false, allowHome = false }: EngineSwitches,
  work: (open: OpenFolder) => Promise<T>,
  options: OpenOptions = {},
): Promise<T> {
  const folder = openSkillsFolder(given, { allowHome });
  if (folder.note !== undefined) {
    const state = folder.kind === "skill" && !memory ? `; it keeps its state in ${folder.root}` : "";
    run.report.info(folder.note + state);
  }
  const supervised = await openRuntime(folder, {
    ...options,
    memory,
    ...(lenient ? { dependencyPolicy: "lenient" as const } : {}),
  });
  const { runtime } = supervised;
  runtime.on("log", (event) => run.report.log(event));
  try {
    return await work({
      folder,
      ...supervised,
      tellProblems: async () => {
        for (const problem of runtime.problems()) run.report.problem(problem, folder.onDisk);
        for (const skill of await disabledSkills(runtime, folder.skillIds)) run.report.note(disabledText(skill));
      },
    });
  } finally {
    await runtime.close();
  }
}
