/**
 * Reads the `LuaRuntimeHostOptions` that a host gives (spec engine.md §1.2, §1.4–§1.8).
 * @module
 */
import { LuaSkillsError } from "../../errors.ts";
import {
  type CacheConfig,
  type DecodedHostOptions,
  type HostOptions,
  normalisedHostOptions,
  type SpaceController,
  standardCache,
  standardCapabilities,
  standardSpaceController,
} from "./host-options.ts";
import { OptionReader } from "./option-reader.ts";
import { type NormalPool, normalPool } from "./pool.ts";
import { textEncodingLabel } from "./text-encoding.ts";

const providerModes = ["dynamic_library", "host_callback", "space_controller"] as const;
const callbackModes = ["standard", "json"] as const;

/**
 * Decodes the native snake_case object. `runtimeRoot` is used when the object does not mention `runtime_root`; an explicit
 * null there means "no runtime root".
 * @throws LuaSkillsError `invalid_argument`: the decode error (it names the field), or ``unsupported text encoding `x` ``.
 */
export function decodeHostOptions(value: unknown, defaults: { readonly runtimeRoot?: string } = {}): HostOptions {
  const fields = decodeHostOptionFields(new OptionReader(value ?? {}, "host_options"), defaults.runtimeRoot);
  const textEncoding = textEncodingLabel(fields.defaultTextEncoding);
  if (textEncoding === undefined) {
    throw new LuaSkillsError("invalid_argument", `unsupported text encoding \`${fields.defaultTextEncoding}\``, {
      data: { field: "default_text_encoding", encoding: fields.defaultTextEncoding },
    });
  }
  return normalisedHostOptions(fields, textEncoding);
}

/**
 * `{ pool_config, host_options }`, both mandatory, as `engine_new` takes them (§1.7, §11.2). No runtime root is assumed.
 * @throws LuaSkillsError `invalid_argument` naming the member.
 */
export function decodeEngineOptions(value: unknown): { pool: NormalPool; hostOptions: HostOptions } {
  const options = new OptionReader(value, "options");
  const pool = normalPool(decodePool(options.required("pool_config")));
  return { pool, hostOptions: decodeHostOptions(options.required("host_options").value) };
}

function decodeHostOptionFields(options: OptionReader, defaultRuntimeRoot: string | undefined): DecodedHostOptions {
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

function decodePool(pool: OptionReader): NormalPool {
  return {
    minSize: pool.required("min_size").unsigned(),
    maxSize: pool.required("max_size").unsigned(),
    idleTtlSecs: pool.required("idle_ttl_secs").unsigned(),
  };
}

function decodeCache(cache: OptionReader | undefined): CacheConfig {
  if (cache === undefined) return standardCache;
  return {
    maxEntries: cache.required("max_entries").unsigned(),
    defaultTtlSecs: cache.required("default_ttl_secs").unsigned(),
    maxTtlSecs: cache.required("max_ttl_secs").unsigned(),
  };
}

/** The object's presence makes `enable_managed_io_compat` mandatory (§1.4). */
function decodeCapabilities(capabilities: OptionReader | undefined): DecodedHostOptions["capabilities"] {
  if (capabilities === undefined) return standardCapabilities;
  return {
    skillManagementBridge: capabilities.get("enable_skill_management_bridge")?.boolean() ?? false,
    managedIoCompat: capabilities.required("enable_managed_io_compat").boolean(),
  };
}

/** The object's presence makes every non-optional member mandatory (§1.5). */
function decodeSpaceController(controller: OptionReader | undefined): SpaceController {
  if (controller === undefined) return standardSpaceController;
  const read = (field: string) => controller.required(field).unsigned();
  return {
    endpoint: controller.optional("endpoint")?.string(),
    autoSpawn: controller.required("auto_spawn").boolean(),
    executablePath: controller.optional("executable_path")?.string(),
    processMode: controller.required("process_mode").oneOf("service", "managed"),
    minimumUptimeSecs: read("minimum_uptime_secs"),
    idleTimeoutSecs: read("idle_timeout_secs"),
    defaultLeaseTtlSecs: read("default_lease_ttl_secs"),
    connectTimeoutSecs: read("connect_timeout_secs"),
    startupTimeoutSecs: read("startup_timeout_secs"),
    startupRetryIntervalMs: read("startup_retry_interval_ms"),
    leaseRenewIntervalSecs: read("lease_renew_interval_secs"),
  };
}

function ifPresent<T>(reader: OptionReader | undefined, decode: (reader: OptionReader) => T): T | undefined {
  return reader === undefined ? undefined : decode(reader);
}
