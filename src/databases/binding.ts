/**
 * A skill's binding to its own database of one kind (databases.md §4.2, §15.1).
 * @module
 */
import type { JsonObject } from "../contract/contract.ts";

export type DatabaseKind = "sqlite" | "lancedb";

/** A database block of skill.yaml (§2). */
export interface DatabaseSettings {
  readonly enable: boolean;
  readonly logLevel: "off" | "info" | "warning";
  readonly slowLogEnabled: boolean;
  readonly slowLogThresholdMs: number;
}

/** What a binding needs to know of a loaded skill. */
export interface DatabaseOwner {
  readonly skillId: string;
  /** Package directory. */
  readonly dir: string;
  readonly root: { readonly name: string };
  readonly manifest: Readonly<Record<DatabaseKind, DatabaseSettings>>;
}

/** Members are those of the wire (§15.1). */
export interface DatabaseBinding {
  readonly space_label: string;
  readonly skill_id: string;
  readonly binding_tag: string;
  readonly root_name: string;
  readonly space_root: string;
  readonly skill_dir: string;
  readonly skill_dir_name: string;
  readonly database_kind: "sqlite" | "lance_db";
  readonly default_database_path: string;
}

/** The SQLite file, or the directory of the vector store. */
export function databasePath(kind: DatabaseKind, spaceRoot: string, skillId: string): string {
  const below = `${spaceRoot}/${kind}/${skillId}`;
  return kind === "sqlite" ? `${below}/${skillId}.sqlite3` : below;
}

/** @param spaceRoot the database root of the skill's layer: `<parent of skills_dir>/<database_dir_name>` */
export function bindingOf(kind: DatabaseKind, skill: DatabaseOwner, spaceRoot: string): DatabaseBinding {
  const { skillId, root, dir } = skill;
  return {
    space_label: root.name,
    skill_id: skillId,
    binding_tag: `${root.name}-${skillId}`,
    root_name: root.name,
    space_root: spaceRoot,
    skill_dir: dir,
    skill_dir_name: dir.slice(dir.lastIndexOf("/") + 1),
    database_kind: kind === "sqlite" ? "sqlite" : "lance_db",
    default_database_path: databasePath(kind, spaceRoot, skillId),
  };
}

/** What `status()` says in every mode (§6.2, §12.1). */
export function bindingStatus(binding: DatabaseBinding, settings: DatabaseSettings, mode: string): JsonObject {
  return {
    enabled: true,
    initialized: true,
    skill_name: binding.skill_id,
    skill_dir_name: binding.skill_dir_name,
    database_path: binding.default_database_path,
    integration_mode: mode,
    library_path: "",
    space_label: binding.space_label,
    root_name: binding.root_name,
    binding_tag: binding.binding_tag,
    space_root: binding.space_root,
    default_database_path: binding.default_database_path,
    log_level: settings.logLevel,
    slow_log_enabled: settings.slowLogEnabled,
    slow_log_threshold_ms: settings.slowLogThresholdMs,
  };
}
