/**
 * Results of lifecycle operations in the native JSON shape (spec engine.md §8.2).
 * @module
 */
import type { SkillApplyResult } from "../../contract/contract.ts";

/** What helps with a package whose files are not those of the installed one, though nothing else tells them apart. */
export const replaceHint = "install it with { replace: true } to put it in their place";

/** The result of an install of an id that is there already. */
export function alreadyInstalled(skillId: string, differs: boolean): SkillApplyResult {
  return {
    skill_id: skillId,
    status: "already_installed",
    message: differs
      ? `skill already exists with other files than this package; ${replaceHint}, or use update to evaluate upgrade behavior`
      : "skill already exists; use update to evaluate upgrade behavior",
    version: null,
    source_type: null,
    source_locator: null,
    ...(differs ? { other_files: true } : {}),
  };
}
