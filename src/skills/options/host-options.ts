/**
 * `LuaRuntimeHostOptions` as the engine uses them, with the layout of the runtime root applied (spec engine.md §1), and what
 * holds where the host gave none. Reading what it gave is decode.ts.
 * @module
 */
import { runtimeLayout } from "../registry/runtime-layout.ts";
import { type NormalPool, normalPool } from "./pool.ts";

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

/** The fields as they are given, not yet normalised (§1.2, §1.4–§1.7). */
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

/** Decoded and normalised (§1.3). Paths that are unset are undefined; sibling names are never empty. */
export interface HostOptions extends DecodedHostOptions {
  /** Canonical label of §1.8: `utf-8`, `system`, `oem`, `gbk`, `gb18030`, `latin1` or `base64`. */
  readonly textEncoding: string;
  /** As given, or 1 / 4 / 60 (§1.7); normalised. */
  readonly runluaPool: NormalPool;
}

export const standardCache: CacheConfig = { maxEntries: 1000, defaultTtlSecs: 1800, maxTtlSecs: 1800 };
export const standardCapabilities: HostOptions["capabilities"] = {
  skillManagementBridge: false,
  managedIoCompat: true,
};
export const standardSpaceController: SpaceController = {
  endpoint: undefined,
  autoSpawn: true,
  executablePath: undefined,
  processMode: "managed",
  minimumUptimeSecs: 300,
  idleTimeoutSecs: 900,
  defaultLeaseTtlSecs: 120,
  connectTimeoutSecs: 5,
  startupTimeoutSecs: 15,
  startupRetryIntervalMs: 250,
  leaseRenewIntervalSecs: 30,
};

/** What an empty object decodes to, for a runtime root. */
export function standardHostOptions(runtimeRoot: string): HostOptions {
  const nothing = undefined;
  return normalisedHostOptions(
    {
      runtimeRoot,
      tempDir: nothing,
      resourcesDir: nothing,
      luaPackagesDir: nothing,
      hostProvidedToolRoot: nothing,
      hostProvidedLuaRoot: nothing,
      hostProvidedFfiRoot: nothing,
      systemLuaLibDir: nothing,
      downloadCacheRoot: nothing,
      dependencyDirName: "",
      stateDirName: "",
      databaseDirName: "",
      skillConfigFilePath: nothing,
      allowNetworkDownload: false,
      githubBaseUrl: nothing,
      githubApiBaseUrl: nothing,
      officialSkillHubBaseUrl: nothing,
      enablePrivateUrlSkillInstall: false,
      privateSkillSourceAllowlist: [],
      defaultTextEncoding: nothing,
      sqliteLibraryPath: nothing,
      sqliteProviderMode: "dynamic_library",
      sqliteCallbackMode: "standard",
      lancedbLibraryPath: nothing,
      lancedbProviderMode: "dynamic_library",
      lancedbCallbackMode: "standard",
      spaceController: standardSpaceController,
      cacheConfig: standardCache,
      runluaPoolConfig: nothing,
      reservedEntryNames: [],
      ignoredSkillIds: [],
      capabilities: standardCapabilities,
    },
    "utf-8",
  );
}

export function normalisedHostOptions(fields: DecodedHostOptions, textEncoding: string): HostOptions {
  return {
    ...fields,
    ...(fields.runtimeRoot === undefined ? siblingNames(fields) : layoutFields(fields.runtimeRoot)),
    textEncoding,
    runluaPool: normalPool(fields.runluaPoolConfig ?? { minSize: 1, maxSize: 4, idleTtlSecs: 60 }),
  };
}

/** `apply_runtime_root_layout`: overwrites even what the host supplied. */
function layoutFields(runtimeRoot: string) {
  const layout = runtimeLayout(runtimeRoot);
  return {
    tempDir: layout.tempDir,
    resourcesDir: layout.resourcesDir,
    luaPackagesDir: layout.luaPackagesDir,
    hostProvidedToolRoot: layout.binDir,
    hostProvidedLuaRoot: layout.luaPackagesDir,
    hostProvidedFfiRoot: layout.libsDir,
    systemLuaLibDir: layout.systemLuaLibDir,
    downloadCacheRoot: layout.downloadsDir,
    skillConfigFilePath: layout.skillConfigFilePath,
    dependencyDirName: "dependencies",
    stateDirName: "state",
    databaseDirName: "databases",
  };
}

/** Empty names would collapse state, dependencies and databases onto the runtime root; the standard names replace them (§1.3 D). */
function siblingNames(fields: DecodedHostOptions) {
  return {
    dependencyDirName: fields.dependencyDirName || "dependencies",
    stateDirName: fields.stateDirName || "state",
    databaseDirName: fields.databaseDirName || "databases",
  };
}
