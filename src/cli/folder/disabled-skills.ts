import type { Runtime } from "../../contract/contract.ts";
import { LuaSkillsError } from "../../errors.ts";
import { disabledMarker } from "../../skills/registry/state-files.ts";
import { runtimeRoot } from "./skills-folder.ts";

/** A skill that somebody has turned off, and why, when they said so. */
export interface DisabledSkill {
  readonly skillId: string;
  readonly reason: string | undefined;
}

/** Of the given skills those that are turned off. */
export async function disabledSkills(runtime: Runtime, skillIds: readonly string[]): Promise<DisabledSkill[]> {
  const found: DisabledSkill[] = [];
  for (const skillId of skillIds) {
    const file = disabledMarker(`${runtimeRoot}/state`, skillId);
    if ((await runtime.fs.stat(file)) !== undefined) {
      found.push({ skillId, reason: reasonIn(await runtime.fs.readText(file)) });
    }
  }
  return found;
}

/** The marker's presence alone counts, whatever is in it. */
function reasonIn(text: string): string | undefined {
  try {
    const { reason } = JSON.parse(text) as { readonly reason?: unknown };
    return typeof reason === "string" && reason !== "" ? reason : undefined;
  } catch {
    return undefined;
  }
}

export function disabledText({ skillId, reason }: DisabledSkill): string {
  const why = reason === undefined ? "" : ` (${reason})`;
  return `skill ${skillId} is disabled${why}: luaskills-wasm enable <skills> ${skillId} lets it run`;
}

/** Why there is no such entry: its skill is turned off; the longest id counts. */
export function entryOfDisabled(
  error: LuaSkillsError,
  name: string,
  disabled: readonly DisabledSkill[],
): LuaSkillsError {
  const [skill] = disabled
    .filter(({ skillId }) => name === skillId || name.startsWith(`${skillId}-`))
    .sort((a, b) => b.skillId.length - a.skillId.length);
  if (skill === undefined) return error;
  const message = `Lua skill '${name}' not found: ${disabledText(skill)}`;
  return new LuaSkillsError(error.code, message, { data: error.data, cause: error });
}
