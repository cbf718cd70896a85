/**
 * `LuaRuntimeHostOptions` as the engine uses them: decoded, with the layout of the runtime root applied (spec engine.md §1).
 * @module
 */
import { LuaSkillsError } from "../../errors.ts";
import { runtimeLayout } from "../registry/runtime-layout.ts";
import { type DecodedHostOptions, decodeHostOptionFields, decodePool } from "./decode.ts";
import { OptionReader } from "./option-reader.ts";
import { type NormalPool, normalPool } from "./pool.ts";
import { textEncodingLabel } from "./text-encoding.ts";

/** Decoded and normalised (§1.3). Paths that are unset are undefined; sibling names are never empty. */
export interface HostOptions extends DecodedHostOptions {
  /** Canonical label of §1.8: `utf-8`, `system`, `oem`, `gbk`, `gb18030`, `latin1` or `base64`. */
  readonly textEncoding: string;
  /** As given, or 1 / 4 / 60 (§1.7); normalised. */
  readonly runluaPool: NormalPool;
}

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
      data: { field: "default_text_encoding" },
    });
  }
  return {
    ...fields,
    ...(fields.runtimeRoot === undefined ? siblingNames(fields) : layoutFields(fields.runtimeRoot)),
    textEncoding,
    runluaPool: normalPool(fields.runluaPoolConfig ?? { minSize: 1, maxSize: 4, idleTtlSecs: 60 }),
  };
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
