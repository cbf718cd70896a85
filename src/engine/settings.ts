/**
 * What the options of an engine mean, decoded once: nothing behind this file looks at `EngineOptions` again.
 * @module
 */
import { joinPath } from "../base/path-text.ts";
import type { EngineOptions, SkillRoot } from "../contract/contract.ts";
import { LuaSkillsError } from "../errors.ts";
import { type Limits, resolveLimits } from "../limits.ts";
import { type HostOptions, standardHostOptions } from "../skills/options/host-options.ts";
import { type NormalPool, normalPool } from "../skills/options/pool.ts";

export interface EngineSettings {
  readonly limits: Limits;
  readonly hostOptions: HostOptions;
  readonly pool: NormalPool;
  readonly runtimeRoot: string;
  /** The current directory at the start. */
  readonly cwd: string;
  /** The chain to load when none was named. */
  readonly roots: readonly SkillRoot[];
  /** True under `isolation: "skill"`, the default: every skill has VMs of its own. */
  readonly isolated: boolean;
  readonly loadPolicy: NonNullable<EngineOptions["loadPolicy"]>;
  readonly rootChainPolicy: NonNullable<EngineOptions["rootChainPolicy"]>;
  readonly dependencyPolicy: NonNullable<EngineOptions["dependencyPolicy"]>;
  readonly verifyOnInstall: boolean;
  readonly durability: NonNullable<EngineOptions["durability"]>;
  /** As they were given, for an engine that starts from these. */
  readonly given: EngineOptions;
}

/** What a platform changes in the defaults of every engine on it. */
export interface PlatformTraits {
  /** Limits of an engine whose options do not name them. */
  readonly limits?: Partial<Limits>;
  /** Steps of SQLite's machine that one call may take; 0 or absent: its deadline is limit enough. */
  readonly sqlSteps?: number;
  /** It keeps `fetch` out of the private network by itself, as browsers do. */
  readonly guardsNetwork?: boolean;
  /** Cache of database pages, in KiB; absent: SQLite's own default. */
  readonly sqliteCacheKib?: number;
}

const defaultPool: NormalPool = { minSize: 1, maxSize: 4, idleTtlSecs: 60 };

/** A word that is nearly right must not silently mean the other one: `durability: "Strict"`. */
const words = {
  isolation: ["skill", "shared"],
  loadPolicy: ["isolate", "manifest-strict", "strict"],
  rootChainPolicy: ["formal", "open"],
  dependencyPolicy: ["strict", "lenient"],
  durability: ["strict", "relaxed"],
  decisions: ["denied", "all"],
  waiting: ["J", "Y"],
  verifyOnInstall: [true, false],
  load: [true, false],
  ffi: [true, false],
} as const;

const runtimeRootIn = ({ runtimeRoot }: EngineOptions): string => runtimeRoot ?? "/runtime";

/** What reads them is loaded only when there are any. @throws LuaSkillsError `invalid_argument` */
export async function hostOptionsIn(options: EngineOptions): Promise<HostOptions> {
  const runtimeRoot = runtimeRootIn(options);
  if (options.hostOptions === undefined) return standardHostOptions(runtimeRoot);
  const { decodeHostOptions } = await import("../skills/options/decode.ts");
  return decodeHostOptions(options.hostOptions, { runtimeRoot });
}

/** @throws LuaSkillsError `invalid_argument` for options that do not decode */
export function decodeSettings(
  options: EngineOptions,
  hostOptions: HostOptions,
  traits: PlatformTraits = {},
): EngineSettings {
  for (const [name, choices] of Object.entries(words)) {
    const given = options[name as keyof typeof words];
    if (given === undefined || (choices as readonly unknown[]).includes(given)) continue;
    const text = `${name} must be ${choices.map((word) => JSON.stringify(word)).join(" or ")}, got ${JSON.stringify(given)}`;
    throw new LuaSkillsError("invalid_argument", text, { data: { field: name } });
  }
  const runtimeRoot = runtimeRootIn(options);
  return {
    limits: resolveLimits({ ...traits.limits, ...options.limits }),
    hostOptions,
    pool: poolSizes(options),
    runtimeRoot,
    cwd: options.cwd ?? runtimeRoot,
    roots: options.roots ?? [{ name: "ROOT", skills_dir: joinPath(runtimeRoot, "skills") }],
    isolated: options.isolation !== "shared",
    loadPolicy: options.loadPolicy ?? "isolate",
    rootChainPolicy: options.rootChainPolicy ?? "formal",
    dependencyPolicy: options.dependencyPolicy ?? "strict",
    verifyOnInstall: options.verifyOnInstall ?? true,
    durability: options.durability ?? "strict",
    given: options,
  };
}

function poolSizes(options: EngineOptions): NormalPool {
  const { min_size, max_size, idle_ttl_secs } = options.pool ?? {};
  for (const [name, given] of Object.entries(options.pool ?? {})) {
    if (given === undefined || (typeof given === "number" && given >= 0)) continue;
    throw new LuaSkillsError("invalid_argument", `pool.${name} must be a number of at least 0, got ${String(given)}`);
  }
  return normalPool({
    minSize: min_size ?? defaultPool.minSize,
    maxSize: max_size ?? defaultPool.maxSize,
    idleTtlSecs: idle_ttl_secs ?? defaultPool.idleTtlSecs,
  });
}
