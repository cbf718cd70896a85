/**
 * Results of lifecycle operations in the native JSON shape (spec engine.md §8.2).
 * @module
 */
import type { JsonObject } from "../../contract/contract.ts";

export interface SkillApplyResult extends JsonObject {
  skill_id: string;
  status: "installed" | "updated" | "already_installed" | "up_to_date" | "missing_skill";
  message: string;
  version: string | null;
  source_type: string | null;
  source_locator: string | null;
}

export interface SkillUninstallResult extends JsonObject {
  skill_id: string;
  skill_removed: boolean;
  sqlite_removed: boolean;
  lancedb_removed: boolean;
  sqlite_retained: boolean;
  lancedb_retained: boolean;
  message: string;
}

/** The result of an install of an id that is there already. */
export function alreadyInstalled(skillId: string): SkillApplyResult {
  return {
    skill_id: skillId,
    status: "already_installed",
    message: "skill already exists; use update to evaluate upgrade behavior",
    version: null,
    source_type: null,
    source_locator: null,
  };
}
