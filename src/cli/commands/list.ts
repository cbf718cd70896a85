import { exitCodes } from "../../base/error-status.ts";
import { type EngineSwitches, onFolder } from "../folder/on-folder.ts";
import { noSkills } from "../folder/skills-folder.ts";
import { registryTable } from "../registry-table.ts";
import type { CommonSwitches, Run } from "../run.ts";
import { usageError } from "../usage-error.ts";

/** `luaskills-wasm list`: looking at a folder leaves no trace in it. */
export async function list(
  run: Run,
  skills: string | undefined,
  surplus: readonly string[],
  switches: EngineSwitches & CommonSwitches,
): Promise<number> {
  if (surplus.length > 0) {
    throw usageError(`list takes one folder; "${surplus.join(" ")}" is too much`);
  }
  return onFolder(run, skills ?? ".", { ...switches, memory: true }, async ({ folder, runtime, tellProblems }) => {
    await tellProblems();
    if (switches.json) run.json(runtime.list());
    else if (folder.skillIds.length === 0) run.print(`no entries: ${noSkills(folder)}`);
    else run.print(registryTable(runtime.list()));
    return exitCodes.ok;
  });
}
