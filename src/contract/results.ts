/**
 * What lifecycle operations, help and their events answer. Members are named as the native engine names them.
 * @module
 */
import type { JsonObject } from "./json.ts";
import type { SkillPermissions } from "./policy.ts";

/** What {@link Runtime.skills}' install and update answer (docs/spec/engine.md §8.2). */
export type SkillApplyResult = {
  skill_id: string;
  status: "installed" | "updated" | "already_installed" | "up_to_date" | "missing_skill";
  message: string;
  version: string | null;
  source_type: string | null;
  source_locator: string | null;
  /** Nothing was changed, although the given package has other files than the one that is there. */
  other_files?: true;
  /** What the package that was put in place says it needs, when it says so. */
  permissions?: SkillPermissions;
};

/** What an uninstall answers: the package, and what became of its databases. */
export type SkillUninstallResult = {
  skill_id: string;
  skill_removed: boolean;
  sqlite_removed: boolean;
  lancedb_removed: boolean;
  sqlite_retained: boolean;
  lancedb_retained: boolean;
  message: string;
};

/** One page of a skill's help, without its text. */
export type HelpNode = {
  flow_name: string;
  description: string;
  /** Canonical names of the entries the page is about. */
  related_entries: string[];
  is_main: boolean;
};

/** The skill a help page belongs to. */
export type HelpOwner = {
  skill_id: string;
  skill_name: string;
  skill_version: string;
  root_name: string;
  skill_dir: string;
};

/** A skill's help: its main page and its flows (docs/spec/engine.md §5). */
export type HelpTree = HelpOwner & { main: HelpNode; flows: HelpNode[] };

/** A help page with its text. */
export type HelpPage = HelpOwner & HelpNode & { content_type: "markdown"; content: string };

/** A step of an install or update (docs/spec/engine.md §8.10). */
export type ProgressEvent = {
  operation_id: string;
  /** 1, 2, 3, … within the operation. */
  sequence: number;
  plane: "Skills" | "System";
  action: string;
  phase: string;
  status: string;
  skill_id: string;
  root_name: string | null;
  source_type: string | null;
  source_locator: string | null;
  /** Bytes of the download so far, and in all when the server says so. */
  bytes_done: number | null;
  bytes_total: number | null;
  /** 0–100. */
  percent: number | null;
  message: string | null;
};

/** A line of the log: of the engine, of a skill (`vulcan.runtime.log`, `print`). */
export interface LogEvent {
  readonly level: "info" | "warn" | "error";
  readonly message: string;
}

/** What a running entry says of itself with `vulcan.runtime.progress(done, total, text)`. */
export type CallProgress = {
  /** The skill that says it, as the engine knows it; null: code without one. */
  readonly skill: string | null;
  readonly done: number;
  /** Of the same unit as `done`; null: not known. */
  readonly total: number | null;
  readonly message: string | null;
};

/** JSON Schema of a tool's arguments, of the shape that MCP and the model vendors take. */
export type ToolInputSchema = JsonObject & {
  type: "object";
  properties?: { [name: string]: JsonObject };
  required?: string[];
};

/** A parameter of an entry as its manifest declares it. */
export type EntryParameter = { name: string; param_type: string; description: string; required: boolean };

/** An entry in the native shape, as registry events carry it (docs/spec/engine.md §4.2). */
export type NativeEntryDescriptor = {
  canonical_name: string;
  skill_id: string;
  local_name: string;
  root_name: string;
  skill_dir: string;
  description: string;
  parameters: EntryParameter[];
  input_schema: ToolInputSchema;
};

/** What a load, install or update changed in the registry (docs/spec/engine.md §4.4). */
export interface RegistryEvent {
  readonly added_entries: NativeEntryDescriptor[];
  readonly removed_entry_names: string[];
  readonly updated_entries: NativeEntryDescriptor[];
}

/** spec engine.md §8.9 */
export interface LifecycleEvent {
  readonly plane: "Skills" | "System";
  readonly action: string;
  readonly skill_id: string;
  readonly root_name: string | null;
  readonly skill_dir: string | null;
  readonly status: string;
  readonly message: string | null;
  /** What an installed or updated package says it needs, when it says so. */
  readonly permissions?: SkillPermissions;
}
