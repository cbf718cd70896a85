import { describe, expect, it } from "vitest";
import { LuaSkillsError } from "../../errors.ts";
import { decodeEngineOptions, decodeHostOptions } from "./decode.ts";
import { standardHostOptions } from "./host-options.ts";

describe("host options", () => {
  it("that are not given are those of an empty object", () =>
    expect(standardHostOptions("/r")).toEqual(decodeHostOptions({}, { runtimeRoot: "/r" })));

  it("a runtime root owns every derived path, even what the host supplied", () => {
    expect(
      decodeHostOptions({
        runtime_root: "/r",
        temp_dir: "/elsewhere",
        state_dir_name: "st",
        skill_config_file_path: "/x",
      }),
    ).toMatchObject({
      tempDir: "/r/temp",
      resourcesDir: "/r/resources",
      luaPackagesDir: "/r/lua_packages",
      hostProvidedToolRoot: "/r/bin",
      hostProvidedLuaRoot: "/r/lua_packages",
      hostProvidedFfiRoot: "/r/libs",
      systemLuaLibDir: "/r/system_lua_lib",
      downloadCacheRoot: "/r/temp/downloads",
      skillConfigFilePath: "/r/config/skill_config.json",
      dependencyDirName: "dependencies",
      stateDirName: "state",
      databaseDirName: "databases",
    });
  });

  it("the default runtime root fills a gap; an explicit null means none", () => {
    expect(decodeHostOptions({}, { runtimeRoot: "/r" }).tempDir).toBe("/r/temp");
    const none = decodeHostOptions({ runtime_root: null, temp_dir: "/t" }, { runtimeRoot: "/r" });
    expect(none).toMatchObject({
      runtimeRoot: undefined,
      tempDir: "/t",
      resourcesDir: undefined,
      stateDirName: "state",
    });
  });

  it("has the native defaults", () => {
    expect(decodeHostOptions(undefined)).toMatchObject({
      allowNetworkDownload: false,
      reservedEntryNames: [],
      capabilities: { skillManagementBridge: false, managedIoCompat: true },
      cacheConfig: { maxEntries: 1000, defaultTtlSecs: 1800, maxTtlSecs: 1800 },
      runluaPool: { minSize: 1, maxSize: 4, idleTtlSecs: 60 },
      textEncoding: "utf-8",
      spaceController: { processMode: "managed", minimumUptimeSecs: 300 },
    });
    const given = decodeHostOptions({ runlua_pool_config: { min_size: 2, max_size: 5, idle_ttl_secs: 90 } });
    expect(given.runluaPool).toEqual({ minSize: 2, maxSize: 5, idleTtlSecs: 90 });
  });

  it.each([
    [{ capabilities: { enable_skill_management_bridge: true } }, "enable_managed_io_compat"],
    [{ capabilities: null }, "host_options.capabilities: invalid type: null, expected an object"],
    [{ cache_config: { max_entries: 5, max_ttl_secs: 60 } }, "default_ttl_secs"],
    [{ ignored_skill_ids: null }, "host_options.ignored_skill_ids"],
    [
      { reserved_entry_names: [1] },
      "host_options.reserved_entry_names[0]: invalid type: number `1`, expected a string",
    ],
    [{ sqlite_provider_mode: "DynamicLibrary" }, "unknown variant `DynamicLibrary`"],
    [{ space_controller: {} }, "missing field `auto_spawn`"],
    [{ default_text_encoding: "klingon" }, "unsupported text encoding `klingon`"],
    [[], "host_options: invalid type: array, expected an object"],
  ])("%j is refused by name", (value, text) => {
    let thrown: unknown;
    try {
      decodeHostOptions(value);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(LuaSkillsError);
    expect(thrown).toMatchObject({ code: "invalid_argument", message: expect.stringContaining(text) });
  });

  it("engine options need both members, and pools are normalised", () => {
    const pool = { min_size: 0, max_size: 0, idle_ttl_secs: 0 };
    expect(decodeEngineOptions({ pool_config: pool, host_options: {} }).pool).toEqual({
      minSize: 1,
      maxSize: 1,
      idleTtlSecs: 1,
    });
    expect(() => decodeEngineOptions({ host_options: {} })).toThrow("options: missing field `pool_config`");
    expect(() => decodeEngineOptions({ pool_config: { ...pool, max_size: -1 }, host_options: {} })).toThrow("max_size");
  });
});
