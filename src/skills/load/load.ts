/**
 * Loading a root chain (spec engine.md §3.3) with the failure isolation of §3.5. Changes nothing but the state directories;
 * the caller swaps the outcome in.
 * @module
 */

import { joinPath } from "../../base/path-text.ts";
import type { LoadProblem, LogEvent, SkillRoot } from "../../contract/contract.ts";
import type { LuaSkillsError } from "../../errors.ts";
import type { Vfs } from "../../vfs/interface.ts";
import { defaultConfigPath } from "../config/path.ts";
import type { ConfigStore } from "../config/store.ts";
import { recoverLifecycle } from "../lifecycle/recover.ts";
import type { HostOptions } from "../options/host-options.ts";
import type { SkillInstance } from "../registry/instances.ts";
import { buildRegistry } from "../registry/registry.ts";
import { type RootChainPolicy, runtimeRootOf, validateRootChain } from "../registry/roots.ts";
import type { LoadedSkill, SkillRegistry } from "../types.ts";
import { isDirectory } from "../vfs-text.ts";
import { loadYaml } from "../yaml/yaml.ts";

export interface LoadPolicies {
  readonly loadPolicy: "isolate" | "manifest-strict" | "strict";
  readonly rootChainPolicy: RootChainPolicy;
}

/** Something that makes the dependencies of one skill ready; `SkillDependencies` in dependencies.ts. */
export interface DependencyPreparer {
  /** @throws LuaSkillsError `storage_error`: aborts the load. */
  createDirectories(root: SkillRoot): void;
  /** @throws when a required dependency is missing: the skill is skipped. */
  prepare(instance: SkillInstance): Promise<void>;
}

/** An entry that does not compile or initialise; `message` is the whole text of §3.5. */
export interface LuaFault {
  readonly skillId: string;
  readonly message: string;
  readonly error?: LuaSkillsError;
}

export interface LoadRequest {
  readonly vfs: Vfs;
  readonly roots: readonly SkillRoot[];
  readonly options: HostOptions;
  readonly policies: LoadPolicies;
  readonly dependencies: DependencyPreparer;
  /** Only asked whether it has an explicit path. */
  readonly config: Pick<ConfigStore, "hasExplicitPath">;
  /** Skills of the live registry: a plain load adds to and replaces them, a reload passes none. */
  readonly previous?: readonly LoadedSkill[];
  log(event: LogEvent): void;
  /** Binds the databases a skill enables (LanceDB, then SQLite); throws when that fails. */
  bindDatabases?(skill: LoadedSkill): void | Promise<void>;
  /** Compiles (and, if the host wants, runs) the entries; answers the faulty ones. */
  checkLua?(skills: readonly LoadedSkill[]): readonly LuaFault[] | Promise<readonly LuaFault[]>;
}

export interface LoadOutcome {
  readonly registry: SkillRegistry;
  readonly problems: readonly LoadProblem[];
  /** Adopt with `ConfigStore.useDefaultPath`; undefined when the path is explicit or the open chain is empty. */
  readonly configPath: string | undefined;
}

/** @throws LuaSkillsError when the load aborts (§3.5); nothing was swapped then. */
export async function loadSkills(request: LoadRequest): Promise<LoadOutcome> {
  const { vfs, roots, options, policies } = request;
  validateRootChain(roots, policies.rootChainPolicy);
  const previous = request.previous ?? [];
  const unchanged = (configPath: string | undefined): LoadOutcome => ({
    registry: buildRegistry(previous, options.reservedEntryNames),
    problems: [],
    configPath,
  });
  if (roots.length === 0) return unchanged(undefined);
  const configPath = request.config.hasExplicitPath ? undefined : defaultConfigPath(roots);
  const filled = roots.filter((root) => vfs.stat(root.skills_dir, { followLinks: true }) !== undefined);
  const packaged = options.resourcesDir !== undefined || roots.some((root) => isDirectory(vfs, resourcesOf(root)));
  // Reading packages is a good part of a worker's code, and a runtime without any needs none of it.
  const packages = filled.length > 0 || packaged ? await import("./load-present.ts") : undefined;
  packages?.checkPackagedRuntime(vfs, roots, options);
  recoverLifecycle({ vfs, roots, options, log: (event) => request.log(event) });
  if (!packages || filled.length === 0) return unchanged(configPath);
  if (filled.some((root) => isDirectory(vfs, root.skills_dir) && vfs.list(root.skills_dir).length > 0))
    await loadYaml();
  return packages.loadPresent(request, previous, configPath);
}

const resourcesOf = (root: SkillRoot) => joinPath(runtimeRootOf(root), "resources");
