/**
 * The fields of `LuaRuntimeHostOptions` (spec engine.md §1.2, §1.4–§1.7), decoded and not yet normalised.
 * @module
 */
import type { OptionReader } from "./option-reader.ts";
import type { NormalPool } from "./pool.ts";

export type DatabaseProviderMode = "dynamic_library" | "host_callback" | "space_controller";
export type DatabaseCallbackMode = "standard" | "json";

export interface CacheConfig {
  readonly maxEntries: number;
  readonly defaultTtlSecs: number;
  readonly maxTtlSecs: number;
}

export interface SpaceController {
  readonly endpoint: string | undefined;
  readonly autoSpawn: boolean;
  readonly executablePath: string | undefined;
  readonly processMode: "service" | "managed";
  readonly minimumUptimeSecs: number;
  readonly idleTimeoutSecs: number;
  readonly defaultLeaseTtlSecs: number;
  readonly connectTimeoutSecs: number;
  readonly startupTimeoutSecs: number;
  readonly startupRetryIntervalMs: number;
  readonly leaseRenewIntervalSecs: number;
}

export interface DecodedHostOptions {
  readonly runtimeRoot: string | undefined;
  readonly tempDir: string | undefined;
  readonly resourcesDir: string | undefined;
  readonly luaPackagesDir: string | undefined;
  readonly hostProvidedToolRoot: string | undefined;
  readonly hostProvidedLuaRoot: string | undefined;
  readonly hostProvidedFfiRoot: string | undefined;
  readonly systemLuaLibDir: string | undefined;
  readonly downloadCacheRoot: string | undefined;
  readonly dependencyDirName: string;
  readonly stateDirName: string;
  readonly databaseDirName: string;
  readonly skillConfigFilePath: string | undefined;
  readonly allowNetworkDownload: boolean;
  readonly githubBaseUrl: string | undefined;
  readonly githubApiBaseUrl: string | undefined;
  readonly officialSkillHubBaseUrl: string | undefined;
  readonly enablePrivateUrlSkillInstall: boolean;
  readonly privateSkillSourceAllowlist: readonly string[];
  readonly defaultTextEncoding: string | undefined;
  readonly sqliteLibraryPath: string | undefined;
  readonly sqliteProviderMode: DatabaseProviderMode;
  readonly sqliteCallbackMode: DatabaseCallbackMode;
  readonly lancedbLibraryPath: string | undefined;
  readonly lancedbProviderMode: DatabaseProviderMode;
  readonly lancedbCallbackMode: DatabaseCallbackMode;
  readonly spaceController: SpaceController;
  readonly cacheConfig: CacheConfig;
  readonly runluaPoolConfig: NormalPool | undefined;
  readonly reservedEntryNames: readonly string[];
  /** Trimmed. */
  readonly ignoredSkillIds: readonly string[];
  readonly capabilities: { readonly skillManagementBridge: boolean; readonly managedIoCompat: boolean };
}

const providerModes = ["dynamic_library", "host_callback", "space_controller"] as const;
const callbackModes = ["standard", "json"] as const;

export function decodeHostOptionFields(
  options: OptionReader,
  defaultRuntimeRoot: string | undefined,
): DecodedHostOptions {
  options.object();
  const path = (name: string) => options.optional(name)?.string();
  const name = (field: string) => options.get(field)?.string() ?? "";
  return {
    runtimeRoot: options.get("runtime_root") === undefined ? defaultRuntimeRoot : path("runtime_root"),
    tempDir: path("temp_dir"),
    resourcesDir: path("resources_dir"),
    luaPackagesDir: path("lua_packages_dir"),
    hostProvidedToolRoot: path("host_provided_tool_root"),
    hostProvidedLuaRoot: path("host_provided_lua_root"),
    hostProvidedFfiRoot: path("host_provided_ffi_root"),
    systemLuaLibDir: path("system_lua_lib_dir"),
    downloadCacheRoot: path("download_cache_root"),
    dependencyDirName: name("dependency_dir_name"),
    stateDirName: name("state_dir_name"),
    databaseDirName: name("database_dir_name"),
    skillConfigFilePath: path("skill_config_file_path"),
    allowNetworkDownload: options.get("allow_network_download")?.boolean() ?? false,
    githubBaseUrl: path("github_base_url"),
    githubApiBaseUrl: path("github_api_base_url"),
    officialSkillHubBaseUrl: path("official_skill_hub_base_url"),
    enablePrivateUrlSkillInstall: options.get("enable_private_url_skill_install")?.boolean() ?? false,
    privateSkillSourceAllowlist: options.get("private_skill_source_allowlist")?.strings() ?? [],
    defaultTextEncoding: path("default_text_encoding"),
    sqliteLibraryPath: path("sqlite_library_path"),
    sqliteProviderMode: options.get("sqlite_provider_mode")?.oneOf(...providerModes) ?? "dynamic_library",
    sqliteCallbackMode: options.get("sqlite_callback_mode")?.oneOf(...callbackModes) ?? "standard",
    lancedbLibraryPath: path("lancedb_library_path"),
    lancedbProviderMode: options.get("lancedb_provider_mode")?.oneOf(...providerModes) ?? "dynamic_library",
    lancedbCallbackMode: options.get("lancedb_callback_mode")?.oneOf(...callbackModes) ?? "standard",
    spaceController: decodeSpaceController(options.get("space_controller")),
    cacheConfig: decodeCache(options.optional("cache_config")),
    runluaPoolConfig: ifPresent(options.optional("runlua_pool_config"), decodePool),
    reservedEntryNames: options.get("reserved_entry_names")?.strings() ?? [],
    ignoredSkillIds: (options.get("ignored_skill_ids")?.strings() ?? []).map((id) => id.trim()),
    capabilities: decodeCapabilities(options.get("capabilities")),
  };
}

export function decodePool(pool: OptionReader): NormalPool {
  return {
    minSize: pool.required("min_size").unsigned(),
    maxSize: pool.required("max_size").unsigned(),
    idleTtlSecs: pool.required("idle_ttl_secs").unsigned(),
  };
}

function decodeCache(cache: OptionReader | undefined): CacheConfig {
  if (cache === undefined) return { maxEntries: 1000, defaultTtlSecs: 1800, maxTtlSecs: 1800 };
  return {
    maxEntries: cache.required("max_entries").unsigned(),
    defaultTtlSecs: cache.required("default_ttl_secs").unsigned(),
    maxTtlSecs: cache.required("max_ttl_secs").unsigned(),
  };
}

/** The object's presence makes `enable_managed_io_compat` mandatory (§1.4). */
function decodeCapabilities(capabilities: OptionReader | undefined): DecodedHostOptions["capabilities"] {
  if (capabilities === undefined) return { skillManagementBridge: false, managedIoCompat: true };
  return {
    skillManagementBridge: capabilities.get("enable_skill_management_bridge")?.boolean() ?? false,
    managedIoCompat: capabilities.required("enable_managed_io_compat").boolean(),
  };
}

/** The object's presence makes every non-optional member mandatory (§1.5). */
function decodeSpaceController(controller: OptionReader | undefined): SpaceController {
  const read = (field: string, fallback: number) =>
    controller === undefined ? fallback : controller.required(field).unsigned();
  return {
    endpoint: controller?.optional("endpoint")?.string(),
    autoSpawn: controller === undefined ? true : controller.required("auto_spawn").boolean(),
    executablePath: controller?.optional("executable_path")?.string(),
    processMode: controller === undefined ? "managed" : controller.required("process_mode").oneOf("service", "managed"),
    minimumUptimeSecs: read("minimum_uptime_secs", 300),
    idleTimeoutSecs: read("idle_timeout_secs", 900),
    defaultLeaseTtlSecs: read("default_lease_ttl_secs", 120),
    connectTimeoutSecs: read("connect_timeout_secs", 5),
    startupTimeoutSecs: read("startup_timeout_secs", 15),
    startupRetryIntervalMs: read("startup_retry_interval_ms", 250),
    leaseRenewIntervalSecs: read("lease_renew_interval_secs", 30),
  };
}

function ifPresent<T>(reader: OptionReader | undefined, decode: (reader: OptionReader) => T): T | undefined {
  return reader === undefined ? undefined : decode(reader);
}
