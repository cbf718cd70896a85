/**
 * Packages and their configuration, from the page.
 * @module
 */
import type { InstallSource } from "./files.ts";
import type { SkillApplyResult, SkillUninstallResult } from "./results.ts";

/** One layer of the skill chain (spec engine.md §3.1). Earlier layers win. */
export interface SkillRoot {
  readonly name: string;
  /** Directory of skill folders in the virtual filesystem. */
  readonly skills_dir: string;
}

export interface RuntimeSkills {
  /** Install from a zip's bytes or URL (a local source, spec §8.8), or by a native request (§8.2). */
  install(source: InstallSource, options?: LifecycleOptions): Promise<SkillApplyResult>;
  update(source: InstallSource, options?: LifecycleOptions): Promise<SkillApplyResult>;
  uninstall(
    skillId: string,
    options?: LifecycleOptions & { removeSqlite?: boolean; removeLancedb?: boolean },
  ): Promise<SkillUninstallResult>;
  enable(skillId: string): Promise<void>;
  disable(skillId: string, reason?: string): Promise<void>;
  /** Re-reads the roots; returns when the new registry is live. */
  reload(roots?: readonly SkillRoot[]): Promise<void>;
}

export interface LifecycleOptions {
  readonly signal?: AbortSignal;
  readonly targetRoot?: SkillRoot;
  readonly authority?: "system" | "delegated_tool";
}

export interface RuntimeConfig {
  get(skillId: string, key: string): Promise<string | null>;
  set(skillId: string, key: string, value: string): Promise<void>;
  delete(skillId: string, key: string): Promise<boolean>;
  list(skillId?: string): Promise<Array<{ skill_id: string; key: string; value: string }>>;
}
