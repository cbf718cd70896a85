/**
 * Packages and their configuration, from the page.
 * @module
 */
import type { BytesLike, InstallSource } from "./files.ts";
import type { SkillApplyResult, SkillUninstallResult } from "./results.ts";

/** One layer of the skill chain (spec engine.md §3.1). Earlier layers win. */
export interface SkillRoot {
  readonly name: string;
  /** Directory of skill folders in the virtual filesystem. */
  readonly skills_dir: string;
  /**
   * Filled by the option `skills` and changed by nothing else: no install, update, uninstall, enable or disable, and no write to
   * `skills_dir`, by Lua or by `runtime.fs` (`permission_denied`). Default false.
   */
  readonly readOnly?: boolean;
}

/** Packages as files: path → content. As `import.meta.glob` gives them: text, a module with it, or a function that loads one. */
export type SkillFiles = Readonly<
  Record<string, SkillFile | { readonly default: SkillFile } | (() => Promise<unknown>) | (() => unknown)>
>;
export type SkillFile = string | BytesLike;
/** Files of any number of packages, the bytes of a zip, or several of both. */
export type SkillSeeds = SkillFiles | BytesLike | ReadonlyArray<SkillFiles | BytesLike>;

/** What {@link SkillSeeds} are for an engine: plain data. */
export type SeedPackage =
  | { readonly files: Readonly<Record<string, string | Uint8Array>> }
  | { readonly zip: Uint8Array };

export interface RuntimeSkills {
  /**
   * Install from a zip's bytes or URL (a local source, spec §8.8), or by a native request (§8.2). A package that is there stays
   * (`already_installed`; with `other_files` when they differ from the given ones). With `replace` it is replaced, whatever its
   * version: for `{ zip }` and `{ url }`. Configuration and databases stay.
   */
  install(
    source: InstallSource,
    options?: LifecycleOptions & { readonly replace?: boolean },
  ): Promise<SkillApplyResult>;
  /**
   * A loaded or installed package as a zip that `install` takes: its folder, without state, configuration and databases.
   * @throws LuaSkillsError `not_found`
   */
  pack(skillId: string, options?: { readonly signal?: AbortSignal }): Promise<Uint8Array>;
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
