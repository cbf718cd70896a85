/**
 * A skill's database as the engine names it, and what `status()` says (databases.md §4.2, §6).
 * @module
 */
import type { JsonObject } from "../contract.ts";

export interface SqliteBinding {
  readonly skillId: string;
  /** Package directory. */
  readonly skillDir: string;
  /** Label of the root the skill came from. */
  readonly rootName: string;
  /** `<parent of skills dir>/<database_dir_name>`. */
  readonly databaseRoot: string;
  readonly logLevel: "off" | "info" | "warning";
  readonly slowLogEnabled: boolean;
  readonly slowLogThresholdMs: number;
}

export const sqliteMethods = [
  "execute_script",
  "execute_batch",
  "query_json",
  "query_stream",
  "query_stream_wait_metrics",
  "query_stream_chunk",
  "query_stream_close",
  "tokenize_text",
  "upsert_custom_word",
  "remove_custom_word",
  "list_custom_words",
  "ensure_fts_index",
  "rebuild_fts_index",
  "upsert_fts_document",
  "delete_fts_document",
  "search_fts",
] as const;

export type SqliteMethod = (typeof sqliteMethods)[number];

export function databasePath(binding: SqliteBinding): string {
  return `${databaseDirectory(binding)}/${binding.skillId}.sqlite3`;
}

export function databaseDirectory({ databaseRoot, skillId }: Pick<SqliteBinding, "databaseRoot" | "skillId">): string {
  return `${databaseRoot}/sqlite/${skillId}`;
}

/** Who executes: the words of `sqlite_provider_mode` that this build has. */
export interface Library {
  readonly integration_mode: "dynamic_library" | "host_callback";
  readonly library_name: string;
  readonly library_version: string;
  readonly ffi_stage: string;
}

export const hostLibrary: Library = {
  integration_mode: "host_callback",
  library_name: "host_callback",
  library_version: "host_managed",
  ffi_stage: "host_managed",
};

export function wasmLibrary(version: string): Library {
  return {
    integration_mode: "dynamic_library",
    library_name: "vldb-sqlite",
    library_version: `wasm-${version}`,
    ffi_stage: "sqlite-wasm",
  };
}

export function bindingStatus(binding: SqliteBinding, library: Library, extra: JsonObject = {}): JsonObject {
  const path = databasePath(binding);
  return {
    enabled: true,
    initialized: true,
    skill_name: binding.skillId,
    skill_dir_name: lastSegment(binding.skillDir),
    database_path: path,
    integration_mode: library.integration_mode,
    library_path: "",
    library_name: library.library_name,
    library_version: library.library_version,
    ffi_stage: library.ffi_stage,
    capabilities: [...sqliteMethods],
    space_label: binding.rootName,
    root_name: binding.rootName,
    binding_tag: `${binding.rootName}-${binding.skillId}`,
    space_root: binding.databaseRoot,
    default_database_path: path,
    log_level: binding.logLevel,
    slow_log_enabled: binding.slowLogEnabled,
    slow_log_threshold_ms: binding.slowLogThresholdMs,
    ...extra,
  };
}

/** The table of `info()`: the status and who the library is. */
export function bindingInfo(binding: SqliteBinding, library: Library, extra: JsonObject = {}): JsonObject {
  const status = bindingStatus(binding, library, extra);
  const info: JsonObject = {
    name: library.library_name,
    version: library.library_version,
    ffi_stage: library.ffi_stage,
  };
  if (library.integration_mode === "dynamic_library") info.capabilities = status.capabilities ?? [];
  return { ...status, library_info: info };
}

/** databases.md §15.1 */
export function callbackBinding(binding: SqliteBinding): JsonObject {
  return {
    space_label: binding.rootName,
    skill_id: binding.skillId,
    binding_tag: `${binding.rootName}-${binding.skillId}`,
    root_name: binding.rootName,
    space_root: binding.databaseRoot,
    skill_dir: binding.skillDir,
    skill_dir_name: lastSegment(binding.skillDir),
    database_kind: "sqlite",
    default_database_path: databasePath(binding),
  };
}

export function lastSegment(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
