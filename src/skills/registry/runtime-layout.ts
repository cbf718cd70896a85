/**
 * The fixed layout below a runtime root (spec engine.md §1.1). Only computes paths.
 * @module
 */
import { joinPath } from "../../base/path-text.ts";

export interface RuntimeLayout {
  readonly binDir: string;
  readonly libsDir: string;
  readonly luaPackagesDir: string;
  readonly resourcesDir: string;
  readonly skillsDir: string;
  readonly tempDir: string;
  readonly downloadsDir: string;
  readonly dependenciesDir: string;
  readonly stateDir: string;
  readonly databasesDir: string;
  readonly configDir: string;
  readonly skillConfigFilePath: string;
  readonly systemLuaLibDir: string;
}

export function runtimeLayout(runtimeRoot: string): RuntimeLayout {
  const below = (name: string) => joinPath(runtimeRoot, name);
  return {
    binDir: below("bin"),
    libsDir: below("libs"),
    luaPackagesDir: below("lua_packages"),
    resourcesDir: below("resources"),
    skillsDir: below("skills"),
    tempDir: below("temp"),
    downloadsDir: below("temp/downloads"),
    dependenciesDir: below("dependencies"),
    stateDir: below("state"),
    databasesDir: below("databases"),
    configDir: below("config"),
    skillConfigFilePath: below("config/skill_config.json"),
    systemLuaLibDir: below("system_lua_lib"),
  };
}
